import { ACCOUNT_OPERATIONS } from "./faults/account-operations.ts";
import { holdFaults } from "./faults/hold-faults.ts";

holdFaults("the account", ACCOUNT_OPERATIONS, Array(5).fill("optional"));
