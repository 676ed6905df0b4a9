#include "core/policy/explain.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/policy/condition.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

constexpr auto kLayers =
    std::to_array<Layer>({Layer::kServiceControl, Layer::kResourceControl, Layer::kEndpoint, Layer::kKeyPolicy,
                          Layer::kGrant, Layer::kIdentity, Layer::kBoundary, Layer::kSession});

// Every document that was looked at, by the name that results carry.
std::vector<const NamedDocument*> documents_of(const Policies& policies, Layer layer) {
  std::vector<const NamedDocument*> out;
  const auto add = [&](const std::optional<NamedDocument>& one) {
    if (one) out.push_back(&*one);
  };
  const auto add_levels = [&](const std::vector<Level>& levels) {
    for (const Level& level : levels) {
      for (const NamedDocument& policy : level.policies) out.push_back(&policy);
    }
  };
  if (layer == Layer::kServiceControl) add_levels(policies.service_control);
  if (layer == Layer::kResourceControl) add_levels(policies.resource_control);
  if (layer == Layer::kEndpoint) add(policies.endpoint);
  if (layer == Layer::kKeyPolicy) add(policies.key_policy);
  if (layer == Layer::kBoundary) add(policies.boundary);
  if (layer == Layer::kSession) add(policies.session);
  if (layer == Layer::kIdentity) {
    for (const NamedDocument& policy : policies.identity) out.push_back(&policy);
  }
  return out;
}

ConditionDetail detail_of(const ConditionTest& test, Effect effect, bool has_variables,
                          const ConditionContext& context) {
  ConditionDetail out{test.op_text, test.key, test.values, {}, {}, holds(test, effect, has_variables, context)};
  for (const std::string& value : test.values) {
    const auto pattern = has_variables ? expand(value, false, context) : pattern_of(value, false);
    std::string text = pattern ? std::string() : "(no value)";
    if (pattern) {
      for (const char16_t c : *pattern) text += static_cast<char>(c);
    }
    out.resolved.push_back(std::move(text));
  }
  if (const auto* found = context.find(test.key)) {
    out.requested.emplace();
    for (const ContextValue& entry : *found) {
      out.requested->insert(out.requested->end(), entry.values.begin(), entry.values.end());
    }
  }
  return out;
}

std::vector<StatementDetail> details_of(const Request& request, const Policies& policies, Layer layer,
                                        const Decision& decision) {
  std::vector<StatementDetail> out;
  for (const StatementResult& result : decision.statements) {
    if (result.layer == layer) out.push_back({result, {}});
  }
  for (const NamedDocument* document : documents_of(policies, layer)) {
    for (StatementDetail& detail : out) {
      if (detail.result.document != document->name || detail.result.number == 0) continue;
      if (detail.result.number > document->document->statements.size()) continue;
      const Statement& statement = document->document->statements[detail.result.number - 1];
      detail.conditions.clear();
      for (const ConditionTest& test : statement.conditions) {
        detail.conditions.push_back(
            detail_of(test, statement.effect, document->document->has_variables, request.context));
      }
    }
  }
  return out;
}

bool is_set(const Policies& policies, Layer layer) {
  return layer == Layer::kGrant ? !policies.grants.empty() : !documents_of(policies, layer).empty();
}

std::string verdict_of(const std::vector<StatementDetail>& statements, bool set, Layer layer, PrincipalType type) {
  if (!set) return "not set";
  const auto any = [&](Effect effect) {
    return std::any_of(statements.begin(), statements.end(), [&](const StatementDetail& detail) {
      return detail.result.effect == effect && detail.result.applies();
    });
  };
  if (any(Effect::kDeny)) return "explicit deny";
  if (layer == Layer::kResourceControl) return "allows";  // they only deny
  if (!any(Effect::kAllow)) return "no allow";
  const bool delegates = layer == Layer::kKeyPolicy && type != PrincipalType::kRoot &&
                         std::all_of(statements.begin(), statements.end(), [](const StatementDetail& detail) {
                           return !detail.result.applies() || detail.result.named == PrincipalMatch::kAccount;
                         });
  return delegates ? "leaves it to the identity policies" : "allows";
}

std::optional<StatementDetail> nearest(const std::vector<LayerDetail>& layers) {
  std::optional<StatementDetail> best;
  for (const LayerDetail& layer : layers) {
    const bool grants =
        layer.layer == Layer::kKeyPolicy || layer.layer == Layer::kIdentity || layer.layer == Layer::kGrant;
    if (!grants) continue;
    for (const StatementDetail& detail : layer.statements) {
      if (detail.result.effect != Effect::kAllow || detail.result.applies()) continue;
      if (!best || detail.misses_less_than(*best)) best = detail;
    }
  }
  return best;
}

std::vector<std::string> absent_keys(const std::vector<LayerDetail>& layers) {
  std::set<std::string> out;
  for (const LayerDetail& layer : layers) {
    for (const StatementDetail& detail : layer.statements) {
      for (const ConditionDetail& condition : detail.conditions) {
        if (!condition.requested) out.insert(condition.key);
      }
    }
  }
  return {out.begin(), out.end()};
}

Statement allow_statement(const Request& request, bool with_principal) {
  Statement statement;
  statement.effect = Effect::kAllow;
  if (with_principal) statement.principals = Principals{false, {request.principal.arn}, {}};
  statement.actions = {request.action};
  statement.resources = {with_principal ? "*" : request.resource};
  return statement;
}

NamedDocument allowing(const Request& request, DocumentKind kind, bool with_principal) {
  return {"the change", Document{kind, {}, true, {allow_statement(request, with_principal)}}};
}

void append_to(NamedDocument& named, Statement statement) {
  Document longer = *named.document;
  longer.statements.push_back(std::move(statement));
  named.document = std::move(longer);
}

// Tries changes on copies and keeps those that work.
class Changes {
 public:
  Changes(const Request& request, const Policies& policies, const std::vector<LayerDetail>& layers)
      : request_(request), policies_(policies), layers_(layers) {}

  void find() {
    for (const LayerDetail& layer : layers_) {
      for (const StatementDetail& detail : layer.statements) try_conditions(detail);
    }
    try_policies();
    try_levels();
    for (const LayerDetail& layer : layers_) {
      for (const StatementDetail& detail : layer.statements) try_without(detail);
    }
  }
  std::vector<std::string> texts() && { return std::move(out_); }
  const std::vector<Way>& ways() const { return ways_; }

 private:
  void keep_if(bool works, const std::string& text) {
    if (works && std::find(out_.begin(), out_.end(), text) == out_.end()) out_.push_back(text);
  }
  bool try_with(const std::string& text, const std::function<void(Policies&)>& change) {
    Policies changed = policies_;
    change(changed);
    const bool works = evaluate(request_, changed).allowed;
    keep_if(works, text);
    return works;
  }
  void try_way(Way way, const std::string& text, const std::function<void(Policies&)>& change) {
    if (try_with(text, change)) ways_.push_back(way);
  }

  // The request, with what the failing conditions of one Allow want.
  void try_conditions(const StatementDetail& detail) {
    const StatementResult& result = detail.result;
    if (result.effect != Effect::kAllow || !result.principal || !result.action || !result.resource) return;
    Request changed = request_;
    std::string text = "the request with ";
    bool any = false;
    for (const ConditionDetail& condition : detail.conditions) {
      if (condition.holds) continue;
      if (condition.resolved.empty()) return;
      const std::string& value = condition.resolved.front();
      changed.context.replace(condition.key, value);
      constexpr std::string_view kPair = "kms:EncryptionContext:";
      if (condition.key.starts_with(kPair)) changed.encryption_context[condition.key.substr(kPair.size())] = value;
      text += cat(any ? " and " : "", condition.key, " = \"", value, "\"",
                  condition.requested ? cat(" (it has \"", joined(*condition.requested), "\")") : " (it has none)");
      any = true;
    }
    if (any) keep_if(evaluate(changed, policies_).allowed, text);
  }

  static std::string joined(const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& value : values) out += cat(out.empty() ? "" : ", ", value);
    return out;
  }

  void try_policies() {
    const std::string what = cat(request_.action, " on ", request_.resource);
    try_way(Way::kPrincipalPolicy, cat("a policy of the principal that allows ", what),
            [&](Policies& changed) { changed.identity.push_back(allowing(request_, DocumentKind::kIdentity, false)); });
    if (policies_.key_policy) {
      try_way(Way::kKeyPolicy,
              cat("a statement of the key policy that allows ", request_.action, " to ", request_.principal.arn),
              [&](Policies& changed) { append_to(*changed.key_policy, allow_statement(request_, true)); });
      const std::string operation = request_.action.substr(request_.action.find(':') + 1);
      if (from_text<GrantOperation>(operation)) {
        try_way(Way::kGrant, cat("a grant of ", operation, " to ", request_.principal.arn), [&](Policies& changed) {
          changed.grants.push_back({"the change", request_.resource, request_.principal.arn, {operation}});
        });
      }
    }
    const auto widen = [&](std::optional<NamedDocument> Policies::*member, std::string_view name) {
      if (!(policies_.*member)) return;
      try_with(cat("an Allow of ", what, " in the ", name), [&](Policies& changed) {
        NamedDocument& document = *(changed.*member);
        append_to(document, allow_statement(request_, document.document->kind == DocumentKind::kResource));
      });
    };
    widen(&Policies::boundary, "permissions boundary");
    widen(&Policies::session, "session policy");
    widen(&Policies::endpoint, "endpoint policy");
  }

  void try_levels() {
    for (std::size_t i = 0; i < policies_.service_control.size(); ++i) {
      try_with(
          cat("an Allow of ", request_.action, " in a service control policy of ", policies_.service_control[i].name),
          [&](Policies& changed) { changed.service_control[i].policies.push_back(full_access_policy()); });
    }
  }

  // Without one Deny.
  void try_without(const StatementDetail& detail) {
    const StatementResult& result = detail.result;
    if (result.effect != Effect::kDeny || !result.applies()) return;
    Policies changed = policies_;
    const auto drop = [&](NamedDocument& document) {
      Document without = *document.document;
      auto& statements = without.statements;
      if (document.name != result.document || result.number == 0 || result.number > statements.size()) return;
      statements[result.number - 1].actions.clear();
      document.document = std::move(without);
    };
    for (NamedDocument& each : changed.identity) drop(each);
    for (auto member : {&Policies::key_policy, &Policies::boundary, &Policies::session, &Policies::endpoint}) {
      if (changed.*member) drop(*(changed.*member));
    }
    for (auto* levels : {&changed.service_control, &changed.resource_control}) {
      for (Level& level : *levels) {
        for (NamedDocument& each : level.policies) drop(each);
      }
    }
    keep_if(evaluate(request_, changed).allowed,
            cat("no Deny in statement ", std::to_string(result.number), " of ", result.document));
  }

  const Request& request_;
  const Policies& policies_;
  const std::vector<LayerDetail>& layers_;
  std::vector<std::string> out_;
  std::vector<Way> ways_;
};

}  // namespace

bool StatementDetail::misses_less_than(const StatementDetail& other) const {
  const auto missing = [](const StatementDetail& detail) {
    const StatementResult& of = detail.result;
    const auto failed = std::count_if(detail.conditions.begin(), detail.conditions.end(),
                                      [](const ConditionDetail& condition) { return !condition.holds; });
    return std::pair((of.principal ? 0 : 1) + (of.action ? 0 : 1) + (of.resource ? 0 : 1),
                     detail.conditions.empty() ? static_cast<std::ptrdiff_t>(of.failed.size()) : failed);
  };
  return missing(*this) < missing(other);
}

Explanation explain(const Request& request, const Policies& policies) {
  Explanation out;
  out.decision = evaluate(request, policies);
  for (const Layer layer : kLayers) {
    LayerDetail detail{layer, {}, is_set(policies, layer), details_of(request, policies, layer, out.decision)};
    detail.verdict = verdict_of(detail.statements, detail.set, layer, request.principal.type);
    out.layers.push_back(std::move(detail));
  }
  out.absent_keys = absent_keys(out.layers);
  if (out.decision.allowed) return out;
  out.nearest_miss = nearest(out.layers);
  Changes changes(request, policies, out.layers);
  changes.find();
  out.ways = changes.ways();
  out.changes = std::move(changes).texts();
  return out;
}

std::string_view layer_name(Layer layer) {
  switch (layer) {
    case Layer::kServiceControl:
      return "service control policies";
    case Layer::kResourceControl:
      return "resource control policies";
    case Layer::kEndpoint:
      return "endpoint policy";
    case Layer::kKeyPolicy:
      return "key policy";
    case Layer::kGrant:
      return "grants";
    case Layer::kIdentity:
      return "identity policies";
    case Layer::kBoundary:
      return "permissions boundary";
    case Layer::kSession:
      return "session policy";
  }
  return {};
}

}  // namespace kms::policy
