import { anyList, oneOf, pattern } from './formats.ts';
import { leaf } from './leaf.ts';

const INTERFACE = pattern(
  'name of an interface',
  /^[A-Za-z0-9._:-]{1,32}$/,
  'write the name before the slash of an interface of rtpengine, such as pub',
);

/** Where media crosses the site. */
export const MEDIA = {
  anchor: leaf(
    oneOf('media anchor', ['none', 'rtpengine']),
    'none',
    'Where media crosses this site. none: it flows past it. rtpengine: at those listed below.',
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
};
