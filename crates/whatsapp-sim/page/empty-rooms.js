// Rooms of the real page in which nothing happens here: presence, the blocklist, calls, statuses.
// They are there because scripts listen to them; nobody in the rehearsal calls or posts a status.
__d('WAWebPresenceCollection', ['WAWebBaseModel', 'WAWebBaseCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class Presence extends BaseModel {
    async subscribe() {
      this.set({ isSubscribed: true, hasData: true });
    }
  }
  defineModel(Presence, 'presence', { id: undefined, isOnline: false, isSubscribed: false, hasData: false });
  class PresenceCollectionImpl extends require('WAWebBaseCollection').BaseCollection {
    static model = Presence;
  }
  exports.PresenceCollection = new PresenceCollectionImpl();
}, 98);

__d('WAWebBlocklistCollection', ['WAWebBaseModel', 'WAWebBaseCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class Blocklist extends BaseModel {}
  defineModel(Blocklist, 'blocklist', { id: undefined });
  class BlocklistCollectionImpl extends require('WAWebBaseCollection').BaseCollection {
    static model = Blocklist;
  }
  exports.BlocklistCollectionImpl = BlocklistCollectionImpl;
  exports.BlocklistCollection = new BlocklistCollectionImpl();
}, 98);

__d('WAWebCallCollection', ['WAWebBaseModel', 'WAWebBaseCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class Call extends BaseModel {}
  defineModel(Call, 'call', { id: undefined, peerJid: undefined });
  class CallCollectionImpl extends require('WAWebBaseCollection').BaseCollection {
    static model = Call;
    activeCall = null;
    processIncomingCall(call) {
      return this.add(call);
    }
    setActiveCall(call) {
      this.activeCall = call;
    }
  }
  exports.CallCollectionImpl = CallCollectionImpl;
  exports.default = new CallCollectionImpl();
}, 98);

__d('WAWebStatusCollection', ['WAWebBaseModel', 'WAWebBaseCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class StatusV3 extends BaseModel {}
  defineModel(StatusV3, 'status-v3', { id: undefined, unreadCount: 0 });
  class StatusCollectionImpl extends require('WAWebBaseCollection').BaseCollection {
    static model = StatusV3;
    getMyStatus() {
      return this.get(require('WAWebUserPrefsMeUser').getMaybeMePnUser());
    }
  }
  exports.StatusCollectionImpl = StatusCollectionImpl;
  exports.StatusCollection = new StatusCollectionImpl();
}, 98);

__d('WAWebABProps', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  // No experiment is running in the rehearsal.
  exports.getABPropConfigValue = () => false;
}, 98);

__d('WAWebLid1X1MigrationGating', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.Lid1X1MigrationUtils = {
    isLidMigrated: () => require('SimKnobs').knobs.lidChats,
    isSyncdSessionMigrated: () => require('SimKnobs').knobs.lidChats,
    shouldApplyNonMigratedMessagingRules: () => !require('SimKnobs').knobs.lidChats,
  };
}, 98);
