// Every word on the pages of links, in German.

import type { Words } from './english.ts';

export const GERMAN: Words = {
  locale: 'de',
  title: 'Privater Link',
  password: 'Passwort',
  usesLeft: {
    one: 'Er kann einmal verwendet werden.',
    many: 'Er kann noch {count}-mal verwendet werden.',
  },
  confirm: {
    from: 'Von {name}',
    usedByYou: 'Sie haben ihn verwendet und können noch eine Weile erneut herunterladen.',
    endsOn: 'Dieser Link endet am {time}.',
    download: 'Herunterladen',
  },
  problems: {
    not_found: {
      title: 'Hier ist nichts',
      detail:
        'Prüfen Sie, ob der Link vollständig kopiert wurde, oder bitten Sie den Absender um einen neuen.',
    },
    expired: {
      title: 'Dieser Link ist abgelaufen',
      detail: 'Bitten Sie den Absender um einen neuen.',
    },
    revoked: {
      title: 'Dieser Link wurde zurückgezogen',
      detail: 'Fragen Sie den Absender, ob Sie die Datei noch erhalten sollen.',
    },
    used_up: {
      title: 'Dieser Link ist aufgebraucht',
      detail:
        'Er konnte nur begrenzt oft verwendet werden. Bitten Sie den Absender um einen neuen.',
    },
    not_yet: {
      title: 'Dieser Link gilt noch nicht',
      detail: 'Versuchen Sie es zu der Zeit, die der Absender Ihnen genannt hat.',
    },
    not_for_you: {
      title: 'Dieser Link ist nicht für Sie',
      detail: 'Von Ihrem Standort aus lässt er sich nicht öffnen. Fragen Sie den Absender.',
    },
    password_required: {
      title: 'Dieser Link braucht ein Passwort',
      detail: 'Das Passwort erfahren Sie vom Absender.',
    },
    password_wrong: {
      title: 'Dieses Passwort ist falsch',
      detail: 'Prüfen Sie es und versuchen Sie es erneut, oder fragen Sie den Absender des Links.',
    },
    password_locked: {
      title: 'Zu viele falsche Passwörter',
      detail: 'Warten Sie eine Weile, bevor Sie es erneut versuchen.',
    },
    rate_limited: {
      title: 'Dieser Link wurde zu oft geöffnet',
      detail: 'Warten Sie einen Moment und öffnen Sie ihn erneut.',
    },
    object_missing: {
      title: 'Die Datei ist nicht mehr da',
      detail: 'Sagen Sie es dem Absender des Links.',
    },
    store_failing: {
      title: 'Die Datei kann gerade nicht geholt werden',
      detail:
        'Versuchen Sie es gleich noch einmal; hilft das nicht, sagen Sie es dem Absender des Links.',
    },
    store_unavailable: {
      title: 'Das geht gerade nicht',
      detail:
        'Versuchen Sie es in einigen Minuten erneut; hilft das nicht, sagen Sie es dem Absender des Links.',
    },
    unavailable: {
      title: 'Das geht gerade nicht',
      detail: 'Versuchen Sie es in einigen Sekunden erneut.',
    },
    internal_error: {
      title: 'Bei uns ist etwas schiefgegangen',
      detail:
        'Versuchen Sie es in einigen Minuten erneut; hilft das nicht, sagen Sie es dem Absender des Links.',
    },
  },
  wait: {
    opensIn: 'Er öffnet sich in {time}; diese Seite versucht es dann von selbst.',
    tryAgainIn: 'Der nächste Versuch ist in {time} möglich.',
  },
  upload: {
    oneHeading: 'Datei senden',
    manyHeading: 'Dateien senden',
    oneLimit: 'Dieser Link nimmt eine Datei von bis zu {size} an.',
    manyLimit: 'Dieser Link nimmt Dateien von je bis zu {size} an.',
    kinds: 'Erlaubt sind nur: {kinds}.',
    endsIn: 'Er endet in {time}.',
    usesLeftNone: 'Er ist aufgebraucht und nimmt nur noch an, was Sie zu senden begonnen haben.',
    passwordButton: 'Senden',
    chooseOne: 'Datei auswählen',
    chooseMany: 'Dateien auswählen',
    dropOne: 'oder hier ablegen',
    dropMany: 'oder hier ablegen',
    listLabel: 'Ihre Dateien',
    withoutScript: 'Um von dieser Seite zu senden, muss Ihr Browser ihr Skript ausführen.',
    curlSummary: 'Stattdessen mit curl senden',
    curlHint: 'Ersetzen Sie FILE und TYPE, und fügen Sie beide Zeilen in ein Terminal ein:',
    curlHintWithPassword:
      'Ersetzen Sie FILE, TYPE und PASSWORD, und fügen Sie beide Zeilen in ein Terminal ein:',
    mediaTypes: {
      'image/*': 'Bilder',
      'video/*': 'Videos',
      'audio/*': 'Audiodateien',
      'text/*': 'Textdateien',
      'image/jpeg': 'JPEG-Bilder',
      'image/png': 'PNG-Bilder',
      'image/svg+xml': 'SVG-Bilder',
      'application/pdf': 'PDF-Dokumente',
      'application/zip': 'ZIP-Archive',
      'application/json': 'JSON-Dateien',
      'text/plain': 'reine Textdateien',
      'text/csv': 'CSV-Tabellen',
      'application/msword': 'Word-Dokumente',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word-Dokumente',
      'application/vnd.ms-excel': 'Excel-Tabellen',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel-Tabellen',
      'application/vnd.ms-powerpoint': 'PowerPoint-Folien',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation':
        'PowerPoint-Folien',
    },
    script: {
      doneHeading: 'Ihre Datei wurde gesendet',
      doneHint: 'Sie können diese Seite schließen.',
      pause: 'Anhalten',
      resume: 'Fortsetzen',
      cancel: 'Abbrechen',
      tryAgain: 'Erneut versuchen',
      remove: 'Entfernen',
      action: '{action}: {name}',
      amount: '{sent} von {size}',
      speed: '{amount}/s',
      timeLeft: 'noch {time}',
      phases: {
        queued: 'Wartet, bis sie an der Reihe ist',
        password: 'Wartet auf das Passwort',
        preparing: 'Wird vorbereitet',
        sending: 'Wird gesendet',
        waiting: 'Wartet auf den Dienst',
        offline: 'Keine Verbindung. Es geht von selbst weiter.',
        paused: 'Angehalten',
        checking: 'Es wird geprüft, ob alles angekommen ist',
        done: 'Gesendet',
        failed: '',
        unfinished: 'Nicht abgeschlossen. Wählen Sie diese Datei erneut aus, um fortzufahren.',
        cancelled: 'Abgebrochen',
      },
      announced: '{name}: {phase}',
      percent: '{name}: {percent} gesendet',
      oneOnly: 'Dieser Link nimmt eine Datei an. Wählen Sie eine aus.',
      folder: '„{name}“ ist ein Ordner. Wählen Sie die Dateien darin aus.',
      tooLarge: '„{name}“ ist größer als die {size}, die dieser Link annimmt.',
      wrongType: 'Dateien wie „{name}“ nimmt dieser Link nicht an. Erlaubt sind: {kinds}.',
      alreadyThere: '„{name}“ ist schon in der Liste.',
      enterPassword: 'Geben Sie das Passwort dieses Links ein.',
      reasons: {
        not_found: 'Diesen Link gibt es nicht.',
        expired: 'Dieser Link ist abgelaufen. Bitten Sie den Absender um einen neuen.',
        revoked: 'Dieser Link wurde zurückgezogen. Fragen Sie den Absender.',
        used_up:
          'Dieser Link wurde so oft verwendet, wie er darf. Haben Sie eben abgebrochen, versuchen Sie es später erneut.',
        not_yet: 'Dieser Link gilt noch nicht. Versuchen Sie es später erneut.',
        not_for_you: 'Von Ihrem Standort aus lässt sich dieser Link nicht verwenden.',
        password_required: 'Geben Sie das Passwort dieses Links ein.',
        password_wrong: 'Dieses Passwort ist falsch. Prüfen Sie es und versuchen Sie es erneut.',
        password_locked:
          'Es gab zu viele falsche Passwörter. Warten Sie eine Weile, bevor Sie es erneut versuchen.',
        rate_limited:
          'Dieser Link wurde in kurzer Zeit zu oft verwendet. Warten Sie einen Moment und versuchen Sie es erneut.',
        upload_too_large: 'Diese Datei ist größer, als dieser Link annimmt.',
        content_type_not_allowed: 'Diese Art von Datei nimmt dieser Link nicht an.',
        checksum_required:
          'Dieser Browser kann die Prüfsumme nicht berechnen, die dieser Link verlangt.',
        object_exists:
          'Es gibt schon eine Datei, und nichts wurde überschrieben. Bitten Sie den Absender des Links um einen neuen.',
        upload_gone:
          'Was bisher gesendet wurde, ist verworfen. Versuchen Sie es erneut, um es neu zu senden.',
        upload_not_found:
          'Was bisher gesendet wurde, ist verworfen. Versuchen Sie es erneut, um es neu zu senden.',
        upload_differs:
          'Was bisher gesendet wurde, gehört zu einer anderen Datei. Versuchen Sie es erneut, um diese zu senden.',
        upload_incomplete:
          'Die Datei ist nicht vollständig angekommen. Versuchen Sie es erneut, um den Rest zu senden.',
        upload_mismatch:
          'Was angekommen ist, ist nicht diese Datei und wurde abgelehnt. Versuchen Sie es erneut.',
        store_unavailable:
          'Die Datei kann gerade nicht gespeichert werden. Versuchen Sie es in einigen Minuten erneut.',
        store_unreachable:
          'Der Speicher ist von hier nicht erreichbar. Versuchen Sie es erneut, oder sagen Sie es dem Absender.',
        unavailable:
          'Der Dienst antwortet gerade nicht. Versuchen Sie es in einigen Minuten erneut.',
        file_unreadable:
          'Diese Datei wurde verändert oder ist nicht mehr lesbar. Wählen Sie sie erneut aus.',
        other:
          'Etwas ist schiefgegangen. Versuchen Sie es erneut, oder sagen Sie es dem Absender des Links.',
      },
    },
  },
};
