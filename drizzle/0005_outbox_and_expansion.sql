CREATE TABLE `outbox` (
	`id` varchar(24) NOT NULL,
	`kind` varchar(32) NOT NULL,
	`event_id` varchar(64),
	`user_id` varchar(32) NOT NULL,
	`recipient` varchar(254) NOT NULL,
	`language` varchar(8) NOT NULL,
	`parameters` varchar(1000) NOT NULL,
	`attempts` int NOT NULL DEFAULT 0,
	`next_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `pending_signups` (
	`token_hash` varchar(64) NOT NULL,
	`email` varchar(254) NOT NULL,
	`hashed_password` varchar(255) NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `pending_signups_token_hash` PRIMARY KEY(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `reserved_emails` (
	`email` varchar(254) NOT NULL,
	`user_id` varchar(32) NOT NULL,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `reserved_emails_email` PRIMARY KEY(`email`)
);
--> statement-breakpoint
ALTER TABLE `account_events` ADD `ip` varchar(45);--> statement-breakpoint
ALTER TABLE `users` ADD `language` varchar(8);--> statement-breakpoint
CREATE INDEX `outbox_next_at_index` ON `outbox` (`next_at`);--> statement-breakpoint
CREATE INDEX `outbox_user_id_index` ON `outbox` (`user_id`);--> statement-breakpoint
CREATE INDEX `pending_signups_email_index` ON `pending_signups` (`email`);--> statement-breakpoint
CREATE INDEX `pending_signups_expires_at_index` ON `pending_signups` (`expires_at`);--> statement-breakpoint
CREATE INDEX `reserved_emails_user_id_index` ON `reserved_emails` (`user_id`);--> statement-breakpoint
CREATE INDEX `reserved_emails_expires_at_index` ON `reserved_emails` (`expires_at`);--> statement-breakpoint
CREATE INDEX `account_events_address_index` ON `account_events` (`address`);