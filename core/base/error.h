#pragma once
// The one exception type. Thrown anywhere; caught in dispatch(), which turns it into an answer, and in main().
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kms {

// A row for every failure that a caller can tell apart: id, wire name, HTTP status, exit code.
// AWS names where AWS has one. Exit codes: 1 internal, 2 usage, 3 not found, 4 access denied, 5 key state, 6 integrity,
// 7 locked, 8 wrong passphrase, 9 throttled or limit, 10 conflict, 11 file, 12 vault damaged, 13 unsupported.
#define KMS_ERRORS(X)                                                           \
  X(kInternal, "KMSInternalException", 500, 1)                                  \
  X(kDependencyTimeout, "DependencyTimeoutException", 500, 1)                   \
  X(kUsage, "UsageException", 400, 2)                                           \
  X(kValidation, "ValidationException", 400, 2)                                 \
  X(kSerialization, "SerializationException", 400, 2)                           \
  X(kUnknownOperation, "UnknownOperationException", 400, 2)                     \
  X(kInvalidMarker, "InvalidMarkerException", 400, 2)                           \
  X(kInvalidLookupAttributes, "InvalidLookupAttributesException", 400, 2)       \
  X(kInvalidMaxResults, "InvalidMaxResultsException", 400, 2)                   \
  X(kInvalidNextToken, "InvalidNextTokenException", 400, 2)                     \
  X(kInvalidTimeRange, "InvalidTimeRangeException", 400, 2)                     \
  X(kInvalidArn, "InvalidArnException", 400, 2)                                 \
  X(kInvalidAliasName, "InvalidAliasNameException", 400, 2)                     \
  X(kInvalidGrantToken, "InvalidGrantTokenException", 400, 2)                   \
  X(kMalformedPolicy, "MalformedPolicyDocumentException", 400, 2)               \
  X(kTag, "TagException", 400, 2)                                               \
  X(kNotFound, "NotFoundException", 400, 3)                                     \
  X(kAccessDenied, "AccessDeniedException", 400, 4)                             \
  X(kExpiredToken, "ExpiredTokenException", 403, 4)                             \
  X(kMissingToken, "MissingAuthenticationTokenException", 400, 4)               \
  X(kUnrecognizedClient, "UnrecognizedClientException", 400, 4)                 \
  X(kIncompleteSignature, "IncompleteSignatureException", 400, 4)               \
  X(kInvalidRequestSignature, "InvalidSignatureException", 400, 4)              \
  X(kDisabled, "DisabledException", 400, 5)                                     \
  X(kInvalidState, "KMSInvalidStateException", 400, 5)                          \
  X(kInvalidKeyUsage, "InvalidKeyUsageException", 400, 5)                       \
  X(kKeyUnavailable, "KeyUnavailableException", 500, 5)                         \
  X(kInvalidCiphertext, "InvalidCiphertextException", 400, 6)                   \
  X(kInvalidSignature, "KMSInvalidSignatureException", 400, 6)                  \
  X(kInvalidMac, "KMSInvalidMacException", 400, 6)                              \
  X(kIncorrectKey, "IncorrectKeyException", 400, 6)                             \
  X(kVaultLocked, "VaultLockedException", 503, 7)                               \
  X(kWrongPassphrase, "WrongPassphraseException", 400, 8)                       \
  X(kThrottling, "ThrottlingException", 400, 9)                                 \
  X(kLimitExceeded, "LimitExceededException", 400, 9)                           \
  X(kAlreadyExists, "AlreadyExistsException", 400, 10)                          \
  X(kConflict, "ConflictException", 400, 10)                                    \
  X(kDryRun, "DryRunOperationException", 400, 10)                               \
  X(kFile, "FileException", 500, 11)                                            \
  X(kVaultDamaged, "VaultDamagedException", 500, 12)                            \
  X(kUnsupportedOperation, "UnsupportedOperationException", 400, 13)            \
  X(kInvalidGrantId, "InvalidGrantIdException", 400, 2)                         \
  X(kInvalidImportToken, "InvalidImportTokenException", 400, 6)                 \
  X(kExpiredImportToken, "ExpiredImportTokenException", 400, 5)                 \
  X(kIncorrectKeyMaterial, "IncorrectKeyMaterialException", 400, 6)             \
  X(kCustomKeyStoreNotFound, "CustomKeyStoreNotFoundException", 400, 3)         \
  X(kCustomKeyStoreInvalidState, "CustomKeyStoreInvalidStateException", 400, 5) \
  X(kCustomKeyStoreNameInUse, "CustomKeyStoreNameInUseException", 400, 10)      \
  X(kCustomKeyStoreHasCmks, "CustomKeyStoreHasCMKsException", 400, 10)          \
  X(kCloudHsmClusterInUse, "CloudHsmClusterInUseException", 400, 10)            \
  X(kXksProxyUriInUse, "XksProxyUriInUseException", 400, 10)                    \
  X(kXksProxyUriEndpointInUse, "XksProxyUriEndpointInUseException", 400, 10)    \
  X(kXksProxyVpcEndpointServiceInUse, "XksProxyVpcEndpointServiceInUseException", 400, 10)

enum class ErrorCode {
#define KMS_X(id, wire, http, exit) id,
  KMS_ERRORS(KMS_X)
#undef KMS_X
};

std::string_view wire_name(ErrorCode code);
int http_status(ErrorCode code);
int exit_code(ErrorCode code);
std::optional<ErrorCode> error_code(std::string_view wire_name);

// The message reaches users and logs: it never holds key material or plaintext. AWS sends some errors without a text
// (InvalidCiphertextException, KMSInvalidSignatureException): so do we.
class Error final : public std::runtime_error {
 public:
  explicit Error(ErrorCode code, const std::string& message = {}) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace kms
