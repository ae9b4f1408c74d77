// The system's Chromium serves the judge: no browser is fetched with puppeteer.
module.exports = { skipDownload: true };
