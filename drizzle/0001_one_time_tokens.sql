CREATE TABLE `one_time_tokens` (
	`purpose` varchar(32) NOT NULL,
	`subject` varchar(254) NOT NULL,
	`token_hash` varchar(64) NOT NULL,
	`email` varchar(254) NOT NULL,
	`user_id` varchar(32),
	`hashed_password` varchar(255),
	`browser_hash` varchar(64),
	`code_hash` varchar(64),
	`attempts` int NOT NULL DEFAULT 0,
	`code_expires_at` bigint,
	`expires_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `one_time_tokens_purpose_subject_pk` PRIMARY KEY(`purpose`,`subject`),
	CONSTRAINT `one_time_tokens_token_hash_unique` UNIQUE(`token_hash`),
	CONSTRAINT `one_time_tokens_browser_hash_unique` UNIQUE(`browser_hash`)
);
--> statement-breakpoint
CREATE INDEX `one_time_tokens_expires_at_index` ON `one_time_tokens` (`expires_at`);