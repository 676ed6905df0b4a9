#pragma once
// Recovery shares as tests read, change and make them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "formats/recovery_share_set.h"
#include "tests/support/world.h"

namespace kms::testing {

inline SecretBytes secret_text(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}
inline std::string shown_text(const SecretBytes& secret) {
  return std::string(as_text(secret.reveal()));
}

// Of a secret of 32 bytes by chance that repeats, which is the first thing that the seed gives.
inline std::vector<std::string> share_texts(const formats::SharePlan& plan, unsigned seed = 1) {
  TestRandom random;
  random.repeat(seed);
  const SecretBytes secret = random.secret(32);
  std::vector<std::string> texts;
  for (const auto& share : formats::make_recovery_shares(secret, SecretBytes(), plan, random)) {
    texts.push_back(shown_text(formats::encode_recovery_share(share)));
  }
  return texts;
}
inline SecretBytes secret_of_seed(unsigned seed = 1) {
  TestRandom random;
  random.repeat(seed);
  return random.secret(32);
}

inline std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : split(text, ' ')) words.emplace_back(word);
  return words;
}
inline std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += cat(text.empty() ? "" : " ", word);
  return text;
}
inline std::vector<std::string> all_share_words() {
  std::ifstream file(std::filesystem::path(KMSCTL_TEST_VECTORS) / "slip39" / "wordlist.txt");
  std::vector<std::string> words;
  for (std::string word; file >> word;) words.push_back(word);
  return words;
}

}  // namespace kms::testing
