#pragma once
// What front ends prove somebody by: what signs requests (AWS Signature Version 4), and who a slot is. Nobody is known
// yet who asks here.
#include <string>
#include <string_view>

#include "core/records/keys.h"
#include "core/service/context.h"

namespace kms {

struct Signer {
  std::string principal;     // whom the credential was given to
  std::string principal_id;  // with the unique id of then; empty for the root of an account
  SharedSecret secret;       // the text that signs, 40 characters
};

// The signer of an access key id, and of the session token that belongs to one that begins with ASIA. Throws
// UnrecognizedClientException when there is none. A signature that fits proves no more than that it was made with the
// secret: caller_of() asks whether the principal is still the one.
Signer find_signer(const Context& context, std::string_view access_key_id, std::string_view session_token);

// The unique id that the principal of a slot has: for a Proof of whoever has opened it. Empty for the root of an
// account.
std::string present_id_of(const Context& context, std::string_view principal);

}  // namespace kms
