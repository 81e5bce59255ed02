// Settings of the Worker under test in workerd. The secrets are made up and used nowhere else.

export const TEST_BINDINGS = {
  PUBLIC_URL: 'https://get.example.com',
  LINK_KEYS: 'bGluay1rZXktZm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc',
  APP_KEYS: 'YXBwLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU2Nzg',
  ADMIN_TOKEN: 'admin-token-for-tests-only-0123456789',
  PASSWORD_ITERATIONS: '10000',
  LOG_REQUESTS: 'none',
  STORES: {
    demo: {
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      bucket: 'private-bucket',
      addressing: 'path',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    },
    other: {
      endpoint: 'https://account.r2.cloudflarestorage.com',
      region: 'auto',
      bucket: 'other-bucket',
      addressing: 'virtual',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      capabilities: { responseOverrides: false },
    },
  },
  STORE_DEMO_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  STORE_OTHER_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
