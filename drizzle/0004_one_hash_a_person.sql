ALTER TABLE `account_events` ADD `ended_session` varchar(64);--> statement-breakpoint
ALTER TABLE `users` ADD `version` int DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `users_updated_at_index` ON `users` (`updated_at`);