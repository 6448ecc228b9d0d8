import { IPV4_ADDRESS, NG } from './addresses.ts';
import { pattern, wholeNumber } from './formats.ts';
import { field, given, NAME, NONE, orAbsent, WEIGHT } from './items.ts';
import { SECRET_REF } from './secrets.ts';

export const RTPENGINE = {
  ng: given(NG, 'Where it listens for the ng protocol, "HOST:PORT".'),
  weight: field(WEIGHT, { value: 1 }, 'Its share of the calls.'),
};

const PROFILE = { value: 'drachtio_mrf' };

const FILE = pattern(
  'path',
  /^[\x21-\x7e]{1,255}$/,
  'write the whole path without spaces, such as /srv/prompts/sv/wait.wav',
);

export const FREESWITCH = {
  esl: given(NG, 'Where its event socket listens, "HOST:PORT".'),
  secret: given(SECRET_REF, 'Where the password of that socket is kept, env:NAME or file:PATH.'),
  listen: given(IPV4_ADDRESS, 'The local address that each of its channels connects to.'),
  listenPort: field(wholeNumber(0, 65_535), { value: 0 }, 'The port there; 0 is any that is free.'),
  advertise: field(
    orAbsent(IPV4_ADDRESS),
    NONE,
    'What it is told in place of that address, where a NAT lies between. The port stays the same.',
  ),
  outside: field(NAME, PROFILE, 'Its SIP profile whose media faces callers.'),
  inside: field(NAME, PROFILE, 'The one whose media faces the gateways; it may be the same.'),
  recordings: field(
    orAbsent(FILE),
    NONE,
    'The folder, as it sees it, that recordings of calls go to. Left out: it records none.',
  ),
};

export const PROMPT = {
  group: field(
    orAbsent(NAME),
    NONE,
    'Whose callers hear it. Left out: those of every other group.',
  ),
  language: given(
    pattern(
      'language',
      /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/,
      'write a language tag, such as sv or en-GB',
    ),
    'Who asks for it by Accept-Language hears it; whoever asks for none hears the first.',
  ),
  hunting: field(
    orAbsent(FILE),
    NONE,
    'What FreeSWITCH plays when hunt.budgetMs is over and the hunt goes on, with ringing in between.',
  ),
  failed: field(
    orAbsent(FILE),
    NONE,
    'What it plays when nobody took the call, before the refusal.',
  ),
};
