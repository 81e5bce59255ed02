// The script that counts down on pages, which `npm run browser` makes of src/browser/countdown.

import script from './countdown-script.json' with { type: 'json' };

export const COUNTDOWN_SCRIPT = script.text;

/** Of another script another path, so that none is kept beside a page that it isn't for. */
export const COUNTDOWN_SCRIPT_PATH = `/countdown.js?v=${script.version}`;
