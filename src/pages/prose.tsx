// Text with as much of Markdown as the API's descriptions have: paragraphs, lists and code.

export function Prose({ text }: { readonly text: string | undefined }) {
  if (!text) return null;
  return (
    <>
      {text.split(/\n{2,}/).map((block) =>
        block.startsWith('- ') ? (
          <ul>
            {block.split('\n').map((line) => (
              <li>
                <Words text={line.slice(2)} />
              </li>
            ))}
          </ul>
        ) : (
          <p>
            <Words text={block} />
          </p>
        ),
      )}
    </>
  );
}

/** Every second part stands between backticks. */
function Words({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 ? <code>{part}</code> : part))}</>;
}
