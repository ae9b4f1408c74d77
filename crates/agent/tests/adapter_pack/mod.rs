mod desktop;
mod rollout;
mod verify;
