/**
 * Runs before wa-js: it talks to nobody but WhatsApp's page. Without this it calls an analytics
 * service and gives each link of a message to preview servers of third parties.
 */
const page = globalThis as typeof globalThis & { WPPConfig?: object };

page.WPPConfig = { disableGoogleAnalytics: true, linkPreview: false, linkPreviewApiServers: [] };
