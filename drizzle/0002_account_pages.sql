CREATE TABLE `account_events` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(32) NOT NULL,
	`type` varchar(32) NOT NULL,
	`occurred_at` bigint NOT NULL,
	`occurrences` int NOT NULL DEFAULT 1,
	`address` varchar(45),
	`country` varchar(2),
	`browser` varchar(32),
	`platform` varchar(32),
	CONSTRAINT `account_events_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `account_events_user_id_occurred_at_index` ON `account_events` (`user_id`,`occurred_at`);--> statement-breakpoint
CREATE INDEX `account_events_occurred_at_index` ON `account_events` (`occurred_at`);--> statement-breakpoint
CREATE INDEX `one_time_tokens_user_id_index` ON `one_time_tokens` (`user_id`);