// Every word of the upload page, for the server and for the script: one table for each language.
// `{name}` and the like stand for what is put in.

export type UploadWords = typeof ENGLISH;
export type ScriptWords = UploadWords['script'];

const ENGLISH = {
  oneHeading: 'Send a file',
  manyHeading: 'Send files',
  oneLimit: 'This link takes one file of up to {size}.',
  manyLimit: 'This link takes files of up to {size} each.',
  kinds: 'It takes {kinds} only.',
  endsIn: 'It ends in {time}.',
  usesLeftOne: 'It can be used once.',
  usesLeftMany: 'It can be used {count} more times.',
  usesLeftNone: 'It was used, and takes nothing but what you began to send.',
  password: 'Password',
  passwordButton: 'Send',
  chooseOne: 'Choose a file',
  chooseMany: 'Choose files',
  dropOne: 'or drop it here',
  dropMany: 'or drop them here',
  listLabel: 'Your files',
  withoutScript: 'To send from this page, your browser has to run its script.',
  curlSummary: 'Send with curl instead',
  curlHint: 'Replace FILE and TYPE, and paste both lines into a terminal:',
  /** Media types that have a name people know. */
  mediaTypes: {
    'image/*': 'images',
    'video/*': 'videos',
    'audio/*': 'audio files',
    'text/*': 'text files',
    'image/jpeg': 'JPEG images',
    'image/png': 'PNG images',
    'image/svg+xml': 'SVG images',
    'application/pdf': 'PDF documents',
    'application/zip': 'ZIP archives',
    'application/json': 'JSON files',
    'text/plain': 'plain text files',
    'text/csv': 'CSV tables',
    'application/msword': 'Word documents',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word documents',
    'application/vnd.ms-excel': 'Excel sheets',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel sheets',
    'application/vnd.ms-powerpoint': 'PowerPoint slides',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation':
      'PowerPoint slides',
  } as Readonly<Record<string, string>>,
  script: {
    doneHeading: 'Your file was sent',
    doneHint: 'You can close this page.',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel',
    tryAgain: 'Try again',
    remove: 'Remove',
    /** The name of a button for who doesn’t see beside which file it stands. */
    action: '{action} {name}',
    amount: '{sent} of {size}',
    speed: '{amount}/s',
    timeLeft: '{time} left',
    phases: {
      queued: 'Waiting for its turn',
      password: 'Waiting for the password',
      preparing: 'Getting ready',
      sending: 'Sending',
      waiting: 'Waiting for the service',
      offline: 'No connection. It goes on by itself.',
      paused: 'Paused',
      checking: 'Making sure that it arrived',
      done: 'Sent',
      failed: '',
      unfinished: 'Not finished. Choose this file again to go on.',
      cancelled: 'Cancelled',
    },
    /** What is said aloud. */
    announced: '{name}: {phase}',
    percent: '{name}: {percent} sent',
    oneOnly: 'This link takes one file. Choose one.',
    folder: '“{name}” is a folder. Choose the files in it.',
    tooLarge: '“{name}” is larger than the {size} that this link takes.',
    wrongType: '“{name}” is not of a kind that this link takes: {kinds}.',
    alreadyThere: '“{name}” is in the list already.',
    enterPassword: 'Enter the password of this link.',
    /** By the reason of a refusal: one sentence each. */
    reasons: {
      not_found: 'This link doesn’t exist.',
      expired: 'This link has expired. Ask its sender for a new one.',
      revoked: 'This link was withdrawn. Ask its sender about it.',
      used_up:
        'This link was used as often as it may be. If you have just cancelled, try again later.',
      not_yet: 'This link isn’t open yet. Try again later.',
      not_for_you: 'This link can’t be used from where you are.',
      password_required: 'Enter the password of this link.',
      password_wrong: 'This password is wrong. Check it and try again.',
      password_locked: 'There were too many wrong passwords. Wait a while before you try again.',
      rate_limited: 'This link was used too often in a short time. Wait a moment and try again.',
      upload_too_large: 'This file is larger than this link takes.',
      content_type_not_allowed: 'This kind of file is not taken by this link.',
      checksum_required: 'This browser can’t compute the checksum that this link asks for.',
      object_exists:
        'There is a file already, and nothing was overwritten. Ask the sender of the link for a new one.',
      upload_gone: 'What was sent so far is gone. Try again to send it anew.',
      upload_not_found: 'What was sent so far is gone. Try again to send it anew.',
      upload_differs: 'What was sent so far belongs to another file. Try again to send this one.',
      upload_incomplete: 'Not all of the file has arrived. Try again to send what is missing.',
      upload_mismatch: 'What arrived is not this file, so it was refused. Try again.',
      store_unavailable: 'The file can’t be stored right now. Try again in a few minutes.',
      store_unreachable: 'The storage can’t be reached from here. Try again, or tell the sender.',
      unavailable: 'The service can’t answer right now. Try again in a few minutes.',
      file_unreadable: 'This file changed or can’t be read any more. Choose it again.',
      other: 'Something went wrong. Try again, or tell the sender of the link.',
    },
  },
};

const WORDS = { en: ENGLISH } satisfies Record<string, UploadWords>;

export type Language = keyof typeof WORDS;

export function uploadWords(language: Language): UploadWords {
  return WORDS[language];
}
