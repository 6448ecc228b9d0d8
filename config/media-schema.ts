import { anyList, oneOf, pattern } from './formats.ts';
import { leaf, live } from './leaf.ts';

const INTERFACE = pattern(
  'name of an interface',
  /^[A-Za-z0-9._:-]{1,32}$/,
  'write the name before the slash of an interface of rtpengine, such as pub',
);

/** Where media crosses the site. */
export const MEDIA = {
  anchor: leaf(
    oneOf<'none' | 'rtpengine' | 'freeswitch'>('media anchor', ['none', 'rtpengine', 'freeswitch']),
    'none',
    'Where media crosses this site. none: it flows past it. rtpengine and freeswitch: at those ' +
      'listed below.',
  ),
  rtpengine: leaf(
    anyList('[{ ng: "10.0.0.12:2223" }]'),
    [],
    'The rtpengines that calls are spread over, and that take over from one another.',
  ),
  outside: leaf(
    INTERFACE,
    'pub',
    'The interface of rtpengine that faces callers, by the name it has in its own configuration.',
  ),
  inside: leaf(INTERFACE, 'priv', 'The one that faces the gateways.'),
  freeswitch: leaf(
    anyList('[{ esl: "10.0.0.13:8021", secret: "env:NAME", listen: 10.0.0.11 }]'),
    [],
    'The FreeSWITCHes that speak to callers, and that anchor media where media.anchor says so. ' +
      'Calls are spread over those that are up.',
  ),
  prompts: live(
    leaf(
      anyList('[{ language: sv, failed: "/srv/prompts/sv/failed.wav" }]'),
      [],
      'What callers hear from FreeSWITCH before somebody answers. None: nothing.',
    ),
  ),
  ringback: leaf(
    pattern(
      'cadence',
      /^%\(\d{1,5},\d{1,5}(,\d{2,4}){1,2}\)$/,
      'write "%(ON,OFF,HERTZ)" in milliseconds',
    ),
    '%(1000,4000,425)',
    'How ringing sounds between two prompts, as FreeSWITCH writes tones.',
  ),
};
