/** These declare nothing of themselves; fsmrf.ts says what they are. */
declare module 'drachtio-modesl';
declare module 'drachtio-fsmrf';
declare module 'drachtio-fsmrf/lib/mediaserver.js';
