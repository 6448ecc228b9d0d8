/** As in slips.ts, about where media crosses. */
export const MEDIA_SLIPS: readonly (readonly [line: string, instead: string, complaint: string])[] =
  [
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { anchor: rtpengine }',
      '3:1 media.rtpengine: is missing, and media.anchor is rtpengine; write rtpengine: [{ ng:',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { rtpengine: [{ ng: "10.0.0.12" }] }',
      '3:24 media.rtpengine[0].ng: "10.0.0.12" is not the address and port of one host',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { rtpengine: [{ ng: "10.0.0.12:22" }, { ng: "10.0.0.12:22" }] }',
      '3:48 media.rtpengine[1].ng: "10.0.0.12:22" is',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { inside: "a b" }',
      '3:10 media.inside: "a b" is not a name of an interface',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { anchor: freeswitch }',
      '3:1 media.freeswitch: is missing, and it is the anchor; write freeswitch: [{ esl:',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { prompts: [{ language: sv, failed: /a.wav }] }',
      '3:1 media.freeswitch: is missing, and there are prompts; write freeswitch: [{ esl:',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { prompts: [{ language: sv, group: nobody }] }',
      '3:36 media.prompts[0].group: "nobody" is not the name of a group',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { prompts: [{ language: svenska!, failed: "a b.wav" }] }',
      '3:22 media.prompts[0].language: "svenska!" is not a language; write a language tag',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nmedia: { ringback: beep }',
      '3:10 media.ringback: "beep" is not a cadence; write "%(ON,OFF,HERTZ)" in milliseconds',
    ],
  ];
