// Every word on the pages of links, in Japanese.

import type { Words } from './english.ts';

export const JAPANESE: Words = {
  locale: 'ja',
  title: '非公開リンク',
  password: 'パスワード',
  usesLeft: {
    one: 'あと1回使えます。',
    many: 'あと{count}回使えます。',
  },
  confirm: {
    from: '送信者: {name}',
    usedByYou: 'すでに使用済みですが、しばらくの間はもう一度ダウンロードできます。',
    endsOn: 'このリンクの有効期限は{time}です。',
    download: 'ダウンロード',
  },
  problems: {
    not_found: {
      title: 'ここには何もありません',
      detail:
        'リンクが最後までコピーされているか確認するか、送信者に新しいリンクを依頼してください。',
    },
    expired: {
      title: 'このリンクは期限切れです',
      detail: '送信者に新しいリンクを依頼してください。',
    },
    revoked: {
      title: 'このリンクは取り消されました',
      detail: 'ファイルを受け取れるかどうか、送信者に確認してください。',
    },
    used_up: {
      title: 'このリンクは使用回数の上限に達しました',
      detail: '使える回数が決められていました。送信者に新しいリンクを依頼してください。',
    },
    not_yet: {
      title: 'このリンクはまだ開けません',
      detail: '送信者から案内された時刻に、もう一度お試しください。',
    },
    not_for_you: {
      title: 'このリンクは利用できません',
      detail: '現在の場所からは開けません。送信者に確認してください。',
    },
    password_required: {
      title: 'このリンクにはパスワードが必要です',
      detail: 'パスワードは送信者に確認してください。',
    },
    password_wrong: {
      title: 'パスワードが違います',
      detail: '確認してもう一度入力するか、リンクの送信者に問い合わせてください。',
    },
    password_locked: {
      title: 'パスワードの間違いが多すぎます',
      detail: 'しばらく待ってから、もう一度お試しください。',
    },
    rate_limited: {
      title: 'このリンクは短時間に開かれすぎました',
      detail: '少し待ってから、もう一度開いてください。',
    },
    object_missing: {
      title: 'ファイルはもうありません',
      detail: 'リンクの送信者にお知らせください。',
    },
    store_failing: {
      title: '現在ファイルを取得できません',
      detail:
        '少し待ってからもう一度お試しください。解決しない場合は、リンクの送信者にお知らせください。',
    },
    store_unavailable: {
      title: '現在お応えできません',
      detail:
        '数分後にもう一度お試しください。解決しない場合は、リンクの送信者にお知らせください。',
    },
    unavailable: {
      title: '現在お応えできません',
      detail: '数秒後にもう一度お試しください。',
    },
    internal_error: {
      title: 'サービスで問題が発生しました',
      detail:
        '数分後にもう一度お試しください。解決しない場合は、リンクの送信者にお知らせください。',
    },
  },
  wait: {
    opensIn: '開けるようになるまであと{time}です。時間になると、このページが自動で開き直します。',
    tryAgainIn: '{time}後にもう一度試せます。',
  },
  upload: {
    oneHeading: 'ファイルを送る',
    manyHeading: 'ファイルを送る',
    oneLimit: 'このリンクでは、{size}までのファイルを1つ送れます。',
    manyLimit: 'このリンクでは、1つにつき{size}までのファイルを送れます。',
    kinds: '送れる種類は{kinds}のみです。',
    endsIn: 'あと{time}で終了します。',
    usesLeftNone: '使用済みのため、すでに送り始めたファイルのみ送れます。',
    passwordButton: '送る',
    chooseOne: 'ファイルを選ぶ',
    chooseMany: 'ファイルを選ぶ',
    dropOne: 'または、ここにドロップ',
    dropMany: 'または、ここにドロップ',
    listLabel: '選んだファイル',
    withoutScript: 'このページから送るには、ブラウザーでスクリプトを有効にしてください。',
    curlSummary: '代わりに curl で送る',
    curlHint: 'FILE と TYPE を置き換え、2行ともターミナルに貼り付けてください。',
    curlHintWithPassword:
      'FILE と TYPE と PASSWORD を置き換え、2行ともターミナルに貼り付けてください。',
    mediaTypes: {
      'image/*': '画像',
      'video/*': '動画',
      'audio/*': '音声ファイル',
      'text/*': 'テキストファイル',
      'image/jpeg': 'JPEG画像',
      'image/png': 'PNG画像',
      'image/svg+xml': 'SVG画像',
      'application/pdf': 'PDF文書',
      'application/zip': 'ZIPアーカイブ',
      'application/json': 'JSONファイル',
      'text/plain': 'プレーンテキスト',
      'text/csv': 'CSV表',
      'application/msword': 'Word文書',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word文書',
      'application/vnd.ms-excel': 'Excelシート',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excelシート',
      'application/vnd.ms-powerpoint': 'PowerPointスライド',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation':
        'PowerPointスライド',
    },
    script: {
      doneHeading: 'ファイルを送りました',
      doneHint: 'このページは閉じてかまいません。',
      pause: '一時停止',
      resume: '再開',
      cancel: '中止',
      tryAgain: 'もう一度試す',
      remove: '一覧から外す',
      action: '{name}：{action}',
      amount: '{size}中{sent}',
      speed: '{amount}/秒',
      timeLeft: '残り{time}',
      phases: {
        queued: '順番を待っています',
        password: 'パスワードの入力を待っています',
        preparing: '準備しています',
        sending: '送っています',
        waiting: 'サービスの応答を待っています',
        offline: '接続がありません。つながると自動で続けます。',
        paused: '一時停止中',
        checking: '届いたことを確認しています',
        done: '送信済み',
        failed: '',
        unfinished: '未完了です。続けるには、このファイルをもう一度選んでください。',
        cancelled: '中止しました',
      },
      announced: '{name}：{phase}',
      percent: '{name}：{percent}送信済み',
      oneOnly: 'このリンクで送れるファイルは1つです。1つだけ選んでください。',
      folder: '「{name}」はフォルダーです。中のファイルを選んでください。',
      tooLarge: '「{name}」は、このリンクで送れる{size}を超えています。',
      wrongType: '「{name}」は、このリンクで送れる種類（{kinds}）ではありません。',
      alreadyThere: '「{name}」はすでに一覧にあります。',
      enterPassword: 'このリンクのパスワードを入力してください。',
      reasons: {
        not_found: 'このリンクは存在しません。',
        expired: 'このリンクは期限切れです。送信者に新しいリンクを依頼してください。',
        revoked: 'このリンクは取り消されました。送信者に確認してください。',
        used_up:
          'このリンクは使用回数の上限に達しました。中止した直後の場合は、後でもう一度お試しください。',
        not_yet: 'このリンクはまだ使えません。後でもう一度お試しください。',
        not_for_you: 'このリンクは現在の場所からは使えません。',
        password_required: 'このリンクのパスワードを入力してください。',
        password_wrong: 'パスワードが違います。確認してもう一度入力してください。',
        password_locked:
          'パスワードの間違いが多すぎます。しばらく待ってから、もう一度お試しください。',
        rate_limited:
          'このリンクは短時間に使われすぎました。少し待ってから、もう一度お試しください。',
        upload_too_large: 'このファイルは、このリンクで送れる大きさを超えています。',
        content_type_not_allowed: 'この種類のファイルは、このリンクでは送れません。',
        checksum_required: 'このブラウザーでは、リンクが求めるチェックサムを計算できません。',
        object_exists:
          'すでにファイルがあるため、上書きしませんでした。リンクの送信者に新しいリンクを依頼してください。',
        upload_gone: 'これまでに送った分は失われました。もう一度試すと、最初から送り直します。',
        upload_not_found:
          'これまでに送った分は失われました。もう一度試すと、最初から送り直します。',
        upload_differs:
          'これまでに送った分は別のファイルのものです。もう一度試すと、このファイルを送ります。',
        upload_incomplete:
          'ファイルの一部がまだ届いていません。もう一度試すと、足りない分を送ります。',
        upload_mismatch:
          '届いた内容がこのファイルと異なるため、受け付けませんでした。もう一度お試しください。',
        store_unavailable: '現在ファイルを保存できません。数分後にもう一度お試しください。',
        store_unreachable:
          'ここから保存先に接続できません。もう一度試すか、送信者にお知らせください。',
        unavailable: 'サービスが応答していません。数分後にもう一度お試しください。',
        file_unreadable:
          'このファイルは変更されたか、読み取れなくなりました。もう一度選んでください。',
        other: '問題が発生しました。もう一度試すか、リンクの送信者にお知らせください。',
      },
    },
  },
};
