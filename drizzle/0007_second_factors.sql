CREATE TABLE `authenticators` (
	`user_id` varchar(32) NOT NULL,
	`secret` varchar(255) NOT NULL,
	`last_step` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint,
	CONSTRAINT `authenticators_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` varchar(72) NOT NULL,
	`user_id` varchar(32) NOT NULL,
	`credential_id` varchar(1400) NOT NULL,
	`public_key` varchar(1024) NOT NULL,
	`algorithm` int NOT NULL,
	`sign_count` bigint NOT NULL,
	`transports` varchar(64) NOT NULL,
	`aaguid` varchar(36) NOT NULL,
	`backup_eligible` boolean NOT NULL,
	`backed_up` boolean NOT NULL,
	`name` varchar(64) NOT NULL,
	`created_at` bigint NOT NULL,
	`last_used_at` bigint,
	`browser` varchar(32),
	`platform` varchar(32),
	CONSTRAINT `passkeys_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` varchar(32) NOT NULL,
	`code_hash` varchar(64) NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `recovery_codes_user_id_code_hash_pk` PRIMARY KEY(`user_id`,`code_hash`)
);
--> statement-breakpoint
CREATE TABLE `trusted_devices` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(32) NOT NULL,
	`session_epoch` int NOT NULL,
	`browser` varchar(32),
	`platform` varchar(32),
	`country` varchar(2),
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `trusted_devices_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `users` ADD `two_step_at` bigint;--> statement-breakpoint
CREATE INDEX `passkeys_user_id_index` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE INDEX `trusted_devices_user_id_index` ON `trusted_devices` (`user_id`);--> statement-breakpoint
CREATE INDEX `trusted_devices_expires_at_index` ON `trusted_devices` (`expires_at`);