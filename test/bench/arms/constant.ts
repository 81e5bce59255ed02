// Nothing but a redirect: what a request costs in workerd by itself.

export default {
  fetch() {
    return new Response(null, { status: 302, headers: { Location: 'https://example.com/' } });
  },
};
