// The script of the upload page, which `npm run browser` makes of src/browser.

import script from './upload-script.json' with { type: 'json' };

export const UPLOAD_SCRIPT = script.text;

/** Of another script another path, so that none is kept beside a page that it isn't for. */
export const UPLOAD_SCRIPT_PATH = `/upload.js?v=${script.version}`;
