#pragma once
// What the command line and the agent say to each other beside the API of AWS: paths, headers, and targets that manage
// the agent itself. All of it is for the unix socket alone.
#include <string>
#include <string_view>

namespace kms::agent {

inline constexpr const char* kTargetHeader = "x-amz-target";
// Headers of a request. The region, and the session token of a role, come as in any request to AWS: here without a
// signature, since the kernel says who calls.
inline constexpr const char* kVaultHeader = "x-kmsctl-vault";      // DEVICE:INODE of the directory that is meant
inline constexpr const char* kServiceHeader = "x-kmsctl-service";  // the built-in service that calls: file, signing
inline constexpr const char* kRegionHeader = "x-kmsctl-region";    // left out: the home region of the vault
inline constexpr const char* kTokenHeader = "x-amz-security-token";

// Operations go by the target prefix of their service (core/service/operation.h).
inline constexpr std::string_view kAgentTarget = "KmsctlAgent.";  // Unlock, Lock, Stop, Reload
inline constexpr std::string_view kStatusPath = "/status";
inline constexpr std::string_view kMetricsPath = "/metrics";
// On both listeners, for whoever looks whether the agent is up. AWS's endpoints have the second.
inline constexpr std::string_view kHealthPath = "/health";
inline constexpr std::string_view kPingPath = "/ping";
// The body of Unlock is the secret itself; this says what it is: PASSPHRASE, KEYFILE or RECOVERY_CODE.
inline constexpr const char* kCredentialHeader = "x-kmsctl-credential";

// What the policies are worth behind the agent.
inline constexpr const char* kEnforcedMode = "enforced (agent)";
inline constexpr const char* kOwnAgentMode = "advisory (your own agent)";  // whose memory the caller could read

// Sent for another vault than the agent's: HTTP 421.
inline constexpr unsigned kOtherVaultStatus = 421;

// DEVICE:INODE of a directory; empty when it is not there.
std::string directory_identity(const std::string& path);
// Where the agent of a vault listens unless it is told: agent-DEVICE-INODE.sock of the vault's directory in
// $XDG_RUNTIME_DIR/kmsctl, and agent.sock there for the default vault, or one that is not there. Empty where there is
// no such directory.
std::string default_socket(const std::string& vault, const std::string& default_vault);

}  // namespace kms::agent
