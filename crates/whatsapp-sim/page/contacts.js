// Contacts: the model, what is read off it, and the two ids of one account.
__d('WAWebContactModel', ['WAWebBaseModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class Contact extends BaseModel {}
  defineModel(Contact, 'contact', { id: undefined, name: undefined, pushname: undefined, isBusiness: false, isAddressBookContact: false });
  exports.default = Contact;
  exports.ContactModel = Contact;
}, 98);

__d('WAWebContactGetters', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getIsMe = (contact) => require('WAWebUserPrefsMeUser').isMeAccount(contact.id);
  exports.getPushname = (contact) => contact.pushname;
  exports.getName = (contact) => contact.name;
  exports.getNotifyName = (contact) => contact.pushname;
  exports.getUserid = (contact) => contact.id.user;
  exports.getIsUser = (contact) => contact.id.isUser();
  exports.getIsGroup = (contact) => contact.id.isGroup();
  exports.getIsBroadcast = (contact) => contact.id.isBroadcast();
  exports.getIsNewsletter = (contact) => contact.id.isNewsletter();
  exports.getIsPSA = (contact) => contact.id.isPSA();
  // Every contact of the rehearsal is a person on WhatsApp: no business, no support account.
  exports.getIsWAContact = () => true;
  exports.getIsIAS = () => false;
  exports.getIsSupportAccount = () => false;
  exports.getIsDisplayNameApproved = () => false;
  exports.getCanRequestPhoneNumber = () => false;
  exports.getShouldForceBusinessUpdate = () => false;
  exports.getShowBusinessCheckmarkAsPrimary = () => false;
  exports.getShowBusinessCheckmarkAsSecondary = () => false;
  exports.getShowBusinessCheckmarkInChatlist = () => false;
}, 98);

__d('WAWebFrontendContactGetters', ['WAWebApiContact'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const phoneOf = (contact) => require('WAWebApiContact').getPhoneNumber(contact.id);
  const pretty = (contact) => {
    const phone = phoneOf(contact);
    return phone ? require('WAWebChatModel').pretty(phone.user) : `~${contact.id.user.slice(-6)}`;
  };
  const name = (contact) => contact.name ?? contact.pushname ?? pretty(contact);
  exports.getPhoneNumber = phoneOf;
  exports.getPnForLid = (contact) => (contact.id.isLid() ? phoneOf(contact) : undefined);
  exports.getTextStatusString = () => undefined;
  exports.getIsMyContact = (contact) => contact.isAddressBookContact;
  exports.getMentionName = name;
  exports.getDisplayName = name;
  exports.getDisplayNameOrPnForLid = name;
  exports.getFormattedName = name;
  exports.getFormattedShortName = name;
  exports.getFormattedShortNameWithNonBreakingSpaces = (contact) => name(contact).replaceAll(' ', '\u00a0');
  exports.getFormattedPhone = pretty;
  exports.getFormattedUsernameOrPhone = pretty;
  exports.getFormattedUser = pretty;
  exports.getSearchName = (contact) => name(contact).toLowerCase();
  exports.getSearchVerifiedName = () => '';
  exports.getHeader = (contact) => name(contact)[0].toUpperCase();
}, 98);

__d('WAWebContactCollection', ['WAWebBaseCollection', 'WAWebContactModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseCollection } = require('WAWebBaseCollection');
  class ContactCollectionImpl extends BaseCollection {
    static model = require('WAWebContactModel').default;
  }
  exports.ContactCollectionImpl = ContactCollectionImpl;
  exports.ContactCollection = new ContactCollectionImpl();
}, 98);

__d('WAWebApiContact', ['WAWebWidFactory'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { createWid } = require('WAWebWidFactory');
  const lidOf = new Map();
  const phoneOf = new Map();
  exports.learn = (user, lid) => {
    lidOf.set(user, lid);
    phoneOf.set(lid, user);
  };
  exports.getCurrentLid = (wid) => {
    if (wid.isLid()) return wid;
    const lid = lidOf.get(wid.user);
    return lid && createWid(`${lid}@lid`);
  };
  exports.getPhoneNumber = (wid) => {
    if (!wid.isLid()) return wid;
    const user = phoneOf.get(wid.user);
    return user && createWid(`${user}@c.us`);
  };
  exports.lidPnCache = { getCurrentLid: exports.getCurrentLid, getPhoneNumber: exports.getPhoneNumber };
}, 98);
