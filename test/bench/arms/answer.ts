// An answer of the product, always the same: what its status, headers and body cost by themselves.

type Answer = { status: number; headers: Record<string, string>; body: string };

export default {
  fetch(_request: Request, { ANSWER }: { ANSWER: Answer }) {
    const { status, headers, body } = ANSWER;
    return new Response(body, { status, headers });
  },
};
