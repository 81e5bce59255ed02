// The password of the link, where it has one: asked for when a file waits for it.

import type { ScriptWords } from '../pages/words/words.ts';
import { byId } from './dom.ts';

export type PasswordField = ReturnType<typeof createPasswordField>;

export function createPasswordField(words: ScriptWords, showFault: (fault: string) => void) {
  const form = byId<HTMLFormElement>('password-form');
  const input = byId<HTMLInputElement>('password');
  const button = byId('password-button');
  let waiting: (() => void)[] = [];
  button.hidden = true;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value === '') return input.focus();
    if (waiting.length === 0) return byId('files').focus();
    const goOn = waiting;
    waiting = [];
    button.hidden = true;
    input.removeAttribute('aria-invalid');
    showFault('');
    for (const call of goOn) call();
  });

  return {
    value: () => input.value || undefined,
    /** Calls back once a person has entered it. */
    ask(reason: string, onEntered: () => void): void {
      waiting.push(onEntered);
      form.hidden = false;
      button.hidden = false;
      const isWrong = reason === 'password_wrong';
      if (isWrong) input.setAttribute('aria-invalid', 'true');
      showFault(isWrong ? words.reasons.password_wrong : words.enterPassword);
      input.select();
      input.focus();
    },
  };
}
