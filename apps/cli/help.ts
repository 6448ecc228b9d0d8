const ADMIN = '  --admin URL     the node to ask (default http://127.0.0.1:8112)';
const FILE = '  --file FILE     read a log instead of asking a node';
const HELP = '  -h, --help      this text';

/** What can be typed after `landfall`; the first words are the key. */
export const HELP_OF: Readonly<Record<string, string>> = {
  '': `landfall: an anycast session border controller

  landfall start --config FILE [--set KEY=VALUE]   run a node
  landfall check FILE [--probe]                    say what is wrong with a site file
  landfall gateways [--explain NUMBER]             what is believed of each, or of a call
  landfall nodes                                   the other sites, and what is known of calls
  landfall reload                                  have a node read its site file again
  landfall call URI                                place a test call and draw its ladder
  landfall calls tail [-f]                         the last calls, a line each
  landfall calls list [--since 2h] [--group-by G]  calls of a time, with totals
  landfall calls show ID                           all that is known of one call
  landfall calls ladder ID                         who said what to whom when

  landfall COMMAND --help                          more about one of them
  landfall --version

Exit codes: 0 done, 1 failed, 2 called wrongly.`,

  start: `landfall start --config FILE [--set KEY=VALUE]...

Runs a node with the site file. --set overrides a key of it: --set log.level=debug.
SIGHUP: as landfall reload.
SIGTERM or SIGINT: no longer ready, waits for the calls to end; again: hangs them up.

  --config FILE   the site file (YAML)
  --set KEY=VALUE may be given several times
${HELP}`,

  nodes: `landfall nodes [--json]

The other sites as this one sees them: whether the link is up, its round trip, how often that node
was started (epoch) and the version that both speak; how many calls are claimed by this site and
how many it knows of others; and what became of requests that belonged to no call here.

  --json          one JSON object
${ADMIN}
${HELP}`,

  gateways: `landfall gateways [--explain NUMBER [--source ADDRESS]] [--json]

What the node believes of each gateway: up, suspect (it failed lately), down, or closing (it works
again, and ordinary calls come back slowly), since when and why; round trip, calls now, calls of the
last 5 minutes and how many of them it took.

  --explain NUMBER  what would become of a call to a number or URI, and why; no call is placed
  --source ADDRESS  as if it came from there; left out: from somebody known, by no trunk
  --json            as one JSON line
${ADMIN}
${HELP}`,

  check: `landfall check FILE [--probe] [--set KEY=VALUE]...

Says all that is wrong with a site file at once, or what it means.
With --probe it asks every gateway once, from this machine; exit code 1 when an emergency group has
none that answers.

  --probe         ask the gateways, a line each

  --set KEY=VALUE overrides a key, as in landfall start
${HELP}`,

  reload: `landfall reload

Has a node read its site file, variables and arguments again, and prints the difference. It takes
all of it or nothing; calls that are up keep what they began with. Exit code 1: refused, for what
is wrong with the file or because a change needs a restart; the node runs on with what it had.

${ADMIN}
${HELP}`,

  call: `landfall call URI [--after MS] [--timeout S] [--from URI] [--authorities FILE] [--json]

Places a test call, hangs up, and draws the messages that were really seen.
Exit code 0: answered, and ACK and BYE went to another address than the one dialled.

  URI             sip:112@127.0.0.112, with ;transport=tcp or ;transport=tls, and with :PORT where
                  it is not 5060 (tls: 5061)
  --after MS      hang up this long after the answer (default 2000)
  --timeout S     give up when nobody has answered by then (default 30)
  --from URI      who calls (default sip:landfall-test@<own address>)
  --authorities FILE  who certifies the host of a call by TLS, PEM (default: whom the world trusts)
  --json          the outcome and the messages as one JSON line
  --admin URL     not asked: a test call needs no node of ours
${HELP}`,

  calls: `landfall calls tail|list|show|ladder

  landfall calls tail [-f] [--failed]   the last calls, a line each
  landfall calls list [--group-by G]    calls of a time, with totals
  landfall calls show ID                all that is known of one call
  landfall calls ladder ID              who said what to whom when

${ADMIN}
${FILE}`,

  'calls tail': `landfall calls tail [-f] [-n N] [--failed] [--number N] [--gateway G] [--all-sites]
                    [--json]

The last calls that have ended, a line each, the newest last. With --all-sites those of every site,
in the order in which they ended; they come a second or two later. A site out of reach is named,
and the rest goes on; when it is back, what ended there meanwhile follows, up to its last 1000.

  -f, --follow    go on with each call as it ends
  -n, --lines N   how many of the past (default 20)
  --failed        only calls that were not talked on to their end
  --number N      only calls whose caller or callee holds this number
  --gateway G     only calls that tried this gateway
  --all-sites     not only of this node: its peers pass theirs on over the links
  --json          the whole record, a line each
${ADMIN}
${FILE}
${HELP}`,

  'calls list': `landfall calls list [--since TIME] [--failed] [--number N] [--gateway G]
                    [--group-by gateway|reason|fault|trunk|site|hour] [--csv | --json]

The calls that have ended, a line each, or added up in groups with the worst one first; at the
end how many, how many emergency calls, how many failed, the answered share, the median ring.
A node knows its last 1000 calls; a record file knows all of them.

  --since TIME    received since then: 30m, 2h, 7d, or 2026-11-20T03:00Z
  --failed        only calls that were not talked on to their end
  --number N      only calls whose caller or callee holds this number
  --gateway G     only calls that tried this gateway
  --group-by G    a row each; a gateway has answered what it took itself
  --csv           comma-separated, with a head
  --json          a JSON object a line, the last one being { "total": ... }
${ADMIN}
${FILE} (may be given several times)
${HELP}`,

  'calls show': `landfall calls show ID [--json]

All that the record of a call says. ID is the callId, an unambiguous beginning of it, or the
Call-ID header of one of its legs.

  --json          the record as one line
${ADMIN}
${FILE} (may be given several times)
${HELP}`,

  'calls ladder': `landfall calls ladder ID [--json]

Draws who said what to whom when. ID is the callId, an unambiguous beginning of it, or the
Call-ID header of one of its legs. Steps and records may stand in two files.

  --json          the steps, a line each
${ADMIN}
${FILE} (may be given several times)
${HELP}`,
};
