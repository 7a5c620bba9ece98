CREATE TABLE `keys` (
	`id` varchar(320) NOT NULL,
	`user_id` varchar(32) NOT NULL,
	`hashed_password` varchar(255),
	CONSTRAINT `keys_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` varchar(32) NOT NULL,
	`email` varchar(254) NOT NULL,
	`email_verified_at` bigint,
	`session_epoch` int NOT NULL DEFAULT 0,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email_unique` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE INDEX `keys_user_id_index` ON `keys` (`user_id`);