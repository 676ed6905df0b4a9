#include "tests/support/api_model.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace kms::testing {
namespace {

class Comparison {
 public:
  std::vector<std::string> found;

  void members(const Json& declared, const Json& value, const std::string& path) {
    if (!value.is_object()) return add(path, "is no object");
    for (const auto& entry : value.items()) {
      const std::string& name = entry.key();
      const auto shape =
          std::find_if(declared.begin(), declared.end(), [&](const Json& each) { return each["name"] == name; });
      if (shape == declared.end()) {
        add(cat(path, name), "is not in the model");
      } else {
        this->value(*shape, entry.value(), cat(path, name));
      }
    }
    for (const Json& each : declared) {
      const std::string name = each["name"];
      if (each.value("required", false) && !value.contains(name)) add(cat(path, name), "is missing");
    }
  }

 private:
  void add(const std::string& path, std::string_view what) { found.push_back(cat(path, " ", what)); }

  void value(const Json& shape, const Json& value, const std::string& path) {
    const std::string type = shape["type"];
    if (type == "struct") return members(api_model()["structs"][shape["of"].get<std::string>()], value, cat(path, "."));
    if (type == "list") {
      if (!value.is_array()) return add(path, "is no list");
      for (const Json& each : value) this->value(shape["item"], each, path);
      return;
    }
    const bool fits = type == "map"         ? value.is_object()
                      : type == "boolean"   ? value.is_boolean()
                      : type == "integer"   ? value.is_number_integer()
                      : type == "timestamp" ? value.is_number()
                                            : value.is_string();
    if (!fits) return add(path, cat("is no ", type));
    if (type == "enum") {
      const Json& names = api_model()["enums"][shape["of"].get<std::string>()];
      // The deprecated name of the spec shows the newer specs as well.
      const bool old = shape["of"] == "CustomerMasterKeySpec";
      if (!old && std::find(names.begin(), names.end(), value) == names.end()) add(path, "has a value of no such enum");
    }
    if (type == "string") length(shape, value.get<std::string>().size(), path);
  }

  void length(const Json& shape, std::size_t size, const std::string& path) {
    // AWS itself answers the empty name of a grant that has none.
    if (size == 0 && path.ends_with(".Name")) return;
    if (size < shape.value("min", std::size_t{0})) add(path, "is too short");
    if (size > shape.value("max", std::size_t{1} << 30U)) add(path, "is too long");
  }
};

}  // namespace

const Json& api_model() {
  static const Json model = [] {
    std::ifstream file(KMSCTL_TEST_VECTORS "/kms-api.json");
    return Json::parse(file);
  }();
  return model;
}

std::vector<std::string> differences(std::string_view operation, const Json& answer) {
  const auto row = api_model()["operations"].find(operation);
  if (row == api_model()["operations"].end()) return {};
  if (const auto type = answer.find("__type"); type != answer.end()) {
    const Json& declared = (*row)["errors"];
    const bool of_session = *type == "ExpiredTokenException";  // a common error of all AWS services
    const bool known = of_session || std::find(declared.begin(), declared.end(), *type) != declared.end() ||
                       api_model()["common_errors_not_in_model"].contains(type->get<std::string>());
    return known ? std::vector<std::string>() : std::vector<std::string>{cat("undeclared ", type->get<std::string>())};
  }
  Comparison comparison;
  comparison.members((*row)["output"], answer, "");
  return comparison.found;
}

}  // namespace kms::testing
