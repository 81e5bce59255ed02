// The script of the dashboard, which `npm run browser` makes of src/browser/admin.

import script from './admin-script.json' with { type: 'json' };

export const ADMIN_SCRIPT = script.text;

/** Of another script another path, so that none is kept beside a page that it isn't for. */
export const ADMIN_SCRIPT_PATH = `/admin.js?v=${script.version}`;
