/** A phone that keys by SDES. */
export const SDES = {
  profile: 'RTP/SAVP',
  more: ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj'],
};

export const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
/** A browser: DTLS-SRTP and ICE. */
export const BROWSER = {
  profile: 'UDP/TLS/RTP/SAVPF',
  more: [
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    'a=candidate:1 1 UDP 2130706431 127.23.0.1 40000 typ host',
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    'a=setup:actpass',
    'a=rtcp-mux',
  ],
};
