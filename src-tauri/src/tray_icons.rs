//! The pictures of the tray, made by icons/render.mjs.

use crate::tray_menu::{Mood, Standing};
use tauri::image::Image;

/// The PNG of the icon itself, 64 by 64.
pub fn mood_png(mood: Mood) -> &'static [u8] {
    match mood {
        Mood::Ok => include_bytes!("../../icons/tray-ok.png"),
        Mood::Attention => include_bytes!("../../icons/tray-attention.png"),
        Mood::Paused => include_bytes!("../../icons/tray-paused.png"),
        Mood::Offline => include_bytes!("../../icons/tray-offline.png"),
    }
}

/// The PNG beside an SDR's line, 32 by 32.
pub fn standing_png(standing: Standing) -> &'static [u8] {
    match standing {
        Standing::Sends => include_bytes!("../../icons/state-sends.png"),
        Standing::Waits => include_bytes!("../../icons/state-waits.png"),
        Standing::Paused => include_bytes!("../../icons/state-paused.png"),
        Standing::NeedsPerson => include_bytes!("../../icons/state-needs-person.png"),
        Standing::Away => include_bytes!("../../icons/state-away.png"),
    }
}

/// The icon itself, decoded.
pub fn mood_image(mood: Mood) -> tauri::Result<Image<'static>> {
    Image::from_bytes(mood_png(mood))
}

#[cfg(test)]
mod tests {
    use super::{mood_image, standing_png};
    use crate::tray_menu::{Mood, Standing};
    use std::collections::HashSet;
    use tauri::image::Image;

    #[test]
    fn every_mood_has_a_picture_of_its_own() {
        let moods = [Mood::Ok, Mood::Attention, Mood::Paused, Mood::Offline];
        let pictures: HashSet<_> = moods
            .map(|mood| mood_image(mood).unwrap().rgba().to_vec())
            .into();
        assert_eq!(pictures.len(), moods.len(), "two moods look the same");
    }

    #[test]
    fn every_standing_has_a_picture_of_its_own() {
        let standings = [
            Standing::Sends,
            Standing::Waits,
            Standing::Paused,
            Standing::NeedsPerson,
            Standing::Away,
        ];
        let pictures: HashSet<_> = standings
            .map(|one| {
                Image::from_bytes(standing_png(one))
                    .unwrap()
                    .rgba()
                    .to_vec()
            })
            .into();
        assert_eq!(pictures.len(), standings.len(), "two lines look the same");
    }
}
