import { type Address, writeAddress } from '../../lib/sip/address.ts';

export type FreeswitchPlaces = { readonly events: Address; readonly sip: Address };

const param = ([name, value]: readonly [string, string | number]) =>
  `<param name="${name}" value="${value}"/>`;

const settings = (values: Readonly<Record<string, string | number>>) =>
  `<settings>${Object.entries(values).map(param).join('')}</settings>`;

/** Those that the node needs, and no others. */
const MODULES = ['event_socket', 'sofia', 'commands', 'dptools', 'dialplan_xml', 'sndfile']
  .concat('tone_stream', 'logfile')
  .map((name) => `<load module="mod_${name}"/>`)
  .join('');

/** The whole configuration of a FreeSWITCH that serves one site. */
export function freeswitchXml(
  { events, sip }: FreeswitchPlaces,
  secret: string,
  logFile: string,
): string {
  const profile = {
    'sip-ip': sip.address,
    'sip-port': sip.port,
    'rtp-ip': sip.address,
    context: 'mrf',
    dialplan: 'XML',
    'auth-calls': 'false',
    'apply-inbound-acl': 'loopback.auto',
    'enable-3pcc': 'true',
    'enable-timer': 'false',
    'disable-hold': 'true',
    'inbound-codec-prefs': 'PCMA,PCMU',
    'outbound-codec-prefs': 'PCMA,PCMU',
    'manage-presence': 'false',
  };
  return `<?xml version="1.0"?>
<document type="freeswitch/xml">
<section name="configuration">
<configuration name="switch.conf">${settings({
    'max-sessions': 2000,
    'sessions-per-second': 500,
    'rtp-start-port': 30000,
    'rtp-end-port': 39998,
  })}</configuration>
<configuration name="modules.conf"><modules>${MODULES}</modules></configuration>
<configuration name="logfile.conf"><settings/><profiles><profile name="default">
${settings({ logfile: logFile })}
<mappings><map name="all" value="notice,warning,err,crit,alert"/></mappings>
</profile></profiles></configuration>
<configuration name="event_socket.conf">${settings({
    'listen-ip': events.address,
    'listen-port': events.port,
    password: secret,
    'apply-inbound-acl': 'loopback.auto',
  })}</configuration>
<configuration name="acl.conf"><network-lists/></configuration>
<configuration name="sofia.conf"><profiles><profile name="drachtio_mrf">
${settings(profile)}
</profile></profiles></configuration>
</section>
<section name="dialplan"><context name="mrf"><extension name="${writeAddress(sip)}"><condition>
<action application="answer"/>
<action application="socket" data="\${sip_h_X-esl-outbound} async full"/>
</condition></extension></context></section>
</document>
`;
}
