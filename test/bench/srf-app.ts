import Srf from 'drachtio-srf';

/** The least that bridges a call with drachtio-srf, as its documentation shows it. */
const [host = '', port = '', secret = '', gateway = ''] = process.argv.slice(2);
const srf = new Srf();

srf.on('error', () => {
  // It starts beside the server, which may not listen yet; the library itself tries again.
});
void srf.connect({ host, port: Number(port), secret });
srf.invite((req, res) => {
  void bridge(req, res);
});

async function bridge(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<void> {
  try {
    const { uas, uac } = await srf.createB2BUA(req, res, `sip:112@${gateway}`, {
      proxyRequestHeaders: ['Subject'],
    });
    uas.on('destroy', () => uac.destroy());
    uac.on('destroy', () => uas.destroy());
  } catch {
    // The load counts the call as failed.
  }
}
