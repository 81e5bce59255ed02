// Every word on the pages of links, in English. `{name}` and the like stand for what is put in.

export const ENGLISH = {
  /** With the day before the month, as most of the world has it. */
  locale: 'en-GB',
  /** Neutral, since previews of links show it. */
  title: 'Private link',
  password: 'Password',
  usesLeft: {
    one: 'It can be used once.',
    many: 'It can be used {count} more times.',
  },
  confirm: {
    from: 'From {name}',
    usedByYou: 'You have used it and may download it again for a while.',
    endsOn: 'This link ends on {time}.',
    download: 'Download',
  },
  /** What became of a link: what happened, and what its reader can do. */
  problems: {
    not_found: {
      title: 'There is nothing here',
      detail: 'Check that the link was copied completely, or ask its sender for a new one.',
    },
    expired: { title: 'This link has expired', detail: 'Ask its sender for a new one.' },
    revoked: {
      title: 'This link was withdrawn',
      detail: 'Ask its sender whether you should still have it.',
    },
    used_up: {
      title: 'This link was used up',
      detail: 'It could be used a limited number of times. Ask its sender for a new one.',
    },
    not_yet: {
      title: 'This link isn’t open yet',
      detail: 'Try again later, at the time its sender told you.',
    },
    not_for_you: {
      title: 'This link isn’t for you',
      detail: 'It can’t be opened from where you are. Ask its sender.',
    },
    password_required: {
      title: 'This link needs a password',
      detail: 'Its sender can tell you the password.',
    },
    password_wrong: {
      title: 'This password is wrong',
      detail: 'Check it and try again, or ask the sender of the link.',
    },
    password_locked: {
      title: 'Too many wrong passwords',
      detail: 'Wait a while before you try again.',
    },
    rate_limited: {
      title: 'This link was opened too often',
      detail: 'Wait a moment and open it again.',
    },
    object_missing: {
      title: 'The file isn’t there any more',
      detail: 'Tell the sender of the link.',
    },
    store_failing: {
      title: 'The file can’t be fetched right now',
      detail: 'Try again in a moment; if that doesn’t help, tell the sender of the link.',
    },
    store_unavailable: {
      title: 'This can’t be answered right now',
      detail: 'Try again in a few minutes; if that doesn’t help, tell the sender of the link.',
    },
    unavailable: {
      title: 'This can’t be answered right now',
      detail: 'Try again in a few seconds.',
    },
    internal_error: {
      title: 'Something went wrong on our side',
      detail: 'Try again in a few minutes; if that doesn’t help, tell the sender of the link.',
    },
  },
  wait: {
    opensIn: 'It opens in {time}, and this page then tries by itself.',
    tryAgainIn: 'You can try again in {time}.',
  },
  upload: {
    oneHeading: 'Send a file',
    manyHeading: 'Send files',
    oneLimit: 'This link takes one file of up to {size}.',
    manyLimit: 'This link takes files of up to {size} each.',
    kinds: 'It takes {kinds} only.',
    endsIn: 'It ends in {time}.',
    usesLeftNone: 'It was used, and takes nothing but what you began to send.',
    passwordButton: 'Send',
    chooseOne: 'Choose a file',
    chooseMany: 'Choose files',
    dropOne: 'or drop it here',
    dropMany: 'or drop them here',
    listLabel: 'Your files',
    withoutScript: 'To send from this page, your browser has to run its script.',
    curlSummary: 'Send with curl instead',
    curlHint: 'Replace FILE and TYPE, and paste both lines into a terminal:',
    curlHintWithPassword: 'Replace FILE, TYPE and PASSWORD, and paste both lines into a terminal:',
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
    },
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
  },
};

export type Words = typeof ENGLISH;
