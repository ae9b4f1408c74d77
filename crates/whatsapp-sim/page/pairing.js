// Linking by eight characters typed on the phone.
__d('WAWebLinkDeviceEvents', ['WAWebEventEmitter'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const EventEmitter = require('WAWebEventEmitter').default;
  class LinkDeviceEvents extends EventEmitter {
    triggerRefreshAltLinkingCode() {
      this.trigger('link_device_events:refresh_alt_linking_code');
    }
    triggerForceManualRefresh() {
      this.trigger('link_device_events:force_manual_refresh');
    }
    triggerPrimaryHelloReceived() {
      this.trigger('link_device_events:primary_hello_received');
    }
    triggerErrorAltLinking() {
      this.trigger('link_device_events:error_alt_linking');
    }
  }
  exports.WAWebLinkDeviceEvents = new LinkDeviceEvents();
}, 98);

__d('WAWebAltDeviceLinkingApi', ['SimLink'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  let ready = false;
  exports.setPairingType = (type) => {
    exports.pairingType = type;
  };
  exports.initializeAltDeviceLinking = async () => {
    ready = true;
  };
  // The codes to scan come anew.
  exports.initializeQRLinking = async () => {
    ready = false;
    exports.pairingType = undefined;
    require('WAWebCmd').Cmd.refreshQR();
  };
  exports.genLinkDeviceCodeForPhoneNumber = async (phone) => {
    if (!ready) throw new Error('alt linking: not initialized');
    const code = await require('SimLink').pairingCode(String(phone).replace(/\D/g, ''));
    if (!code) throw new Error('alt linking: invalid phone number');
    return code;
  };
  exports.startAltLinkingFlow = (phone, push) => exports.genLinkDeviceCodeForPhoneNumber(phone, push);
  exports.refreshAltLinkingCode = (phone) => exports.genLinkDeviceCodeForPhoneNumber(phone);
}, 98);
