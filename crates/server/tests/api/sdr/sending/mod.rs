mod control;
mod queue;
