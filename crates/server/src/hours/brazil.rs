//! Brazil's area codes (DDD) by time zone: Anatel's Plano Geral de Códigos Nacionais says which
//! municipalities a code has, the IANA time zone database which zone these keep.

/// The zones of an area code, joined as in [`zone_key`](super::zone_key); none if Anatel gives it to no
/// place.
///
/// Where a code has places in two zones both count, also where nearly all of its people live in one:
/// Fernando de Noronha shares 81 with Recife, and the southwest of Amazonas 97 with Tefé. That costs 81 the
/// last hour of the day and 97 the first, and nobody there is written to outside of the hours.
/// What people keep against the law (the east of Mato Grosso goes by Brasília) is not regarded.
pub(super) fn zones(area: &str) -> Option<&'static str> {
    Some(match area {
        // São Paulo; Rio de Janeiro; Espírito Santo; Minas Gerais; Paraná; Santa Catarina; Rio Grande
        // do Sul; Distrito Federal and Goiás.
        "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" | "19" | "21" | "22" | "24"
        | "27" | "28" | "31" | "32" | "33" | "34" | "35" | "37" | "38" | "41" | "42" | "43"
        | "44" | "45" | "46" | "47" | "48" | "49" | "51" | "53" | "54" | "55" | "61" | "62"
        | "64" => "America/Sao_Paulo",
        // Tocantins.
        "63" => "America/Araguaina",
        // Mato Grosso.
        "65" | "66" => "America/Cuiaba",
        // Mato Grosso do Sul.
        "67" => "America/Campo_Grande",
        // Acre.
        "68" => "America/Rio_Branco",
        // Rondônia.
        "69" => "America/Porto_Velho",
        // Bahia.
        "71" | "73" | "74" | "75" | "77" => "America/Bahia",
        // Sergipe and Alagoas.
        "79" | "82" => "America/Maceio",
        // Pernambuco: the coast with Fernando de Noronha, and inland.
        "81" => "America/Noronha,America/Recife",
        "87" => "America/Recife",
        // Paraíba, Rio Grande do Norte, Ceará, Piauí, Maranhão.
        "83" | "84" | "85" | "86" | "88" | "89" | "98" | "99" => "America/Fortaleza",
        // Pará: Belém, Santarém, Marabá; Amapá.
        "91" | "94" | "96" => "America/Belem",
        "93" => "America/Santarem",
        // Amazonas: Manaus and its surroundings, and the rest.
        "92" => "America/Manaus",
        "97" => "America/Eirunepe,America/Manaus",
        // Roraima.
        "95" => "America/Boa_Vista",
        _ => return None,
    })
}
