use hotdesk_engine::wa_id::wa_message_id;

#[test]
fn the_id_is_derived_from_tenant_message_and_generation() {
    let id = wa_message_id(&"office".into(), &"m1".into(), 1);
    assert_eq!(
        id.as_str().len(),
        22,
        "the length WhatsApp Web's own ids have"
    );
    assert!(
        id.as_str().starts_with("3EB0"),
        "the prefix of WhatsApp Web"
    );
    let upper = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    assert!(id.as_str().chars().all(upper), "upper-case hex");
    assert_eq!(
        id,
        wa_message_id(&"office".into(), &"m1".into(), 1),
        "one id for ever"
    );
    assert_ne!(
        id,
        wa_message_id(&"office".into(), &"m1".into(), 2),
        "send as new is another"
    );
    assert_ne!(
        id,
        wa_message_id(&"other".into(), &"m1".into(), 1),
        "another office is another"
    );
}

#[test]
fn the_id_of_a_known_message_never_changes() {
    // printf 'v1|office|m1|1' | sha256sum
    let id = wa_message_id(&"office".into(), &"m1".into(), 1);
    assert_eq!(
        id.as_str(),
        "3EB015B42F967407B99FB8",
        "an update of the app must not change ids"
    );
}
