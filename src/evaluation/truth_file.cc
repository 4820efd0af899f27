#include "evaluation/truth_file.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>

#include "sensing/quantities.h"

namespace madang::evaluation {
namespace {

using simdjson::dom::element;

std::string text_of(element const& line, std::string_view key) {
  std::string_view text;
  return line[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

double number_of(element const& line, std::string_view key, double otherwise) {
  double number = 0;
  return line[key].get(number) == simdjson::SUCCESS ? number : otherwise;
}

Result<Instant> time_of(element const& line, std::string_view key) {
  auto const when = parse_instant(text_of(line, key));
  if (!when) return fail(Code::kInvalid, fmt::format("\"{}\" is not a time", key));
  return *when;
}

Result<simulation::Truth> truth_of(element const& line) {
  simulation::Truth t;
  t.id = text_of(line, "id");
  t.kind = text_of(line, "kind");
  if (t.kind.empty()) return fail(Code::kInvalid, "there is no \"kind\"");
  MADANG_TRY(t.when.from, time_of(line, "from"));
  MADANG_TRY(t.when.to, time_of(line, "to"));
  t.size = number_of(line, "size", 0);
  t.unit = text_of(line, "unit");
  t.channel = text_of(line, "channel");
  t.serial = text_of(line, "node");
  t.radius_km = number_of(line, "radius_km", 0);
  t.about = number_of(line, "about", 0);
  t.share = number_of(line, "share", 1);
  t.effect = {number_of(line, "peak", 0), number_of(line, "peak_second", 0), number_of(line, "pair_minutes", 0)};
  simdjson::dom::array place;
  if (line["place"].get(place) == simdjson::SUCCESS && place.size() == 2) {
    double longitude = 0;
    double latitude = 0;
    if (place.at(0).get(longitude) == simdjson::SUCCESS && place.at(1).get(latitude) == simdjson::SUCCESS) t.place = {latitude, longitude};
  }
  return t;
}

}  // namespace

Result<std::vector<simulation::Truth>> read_truth(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::kNotFound, fmt::format("--truth: {} cannot be read", file.string()));
  std::vector<simulation::Truth> all;
  simdjson::dom::parser parser;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    if (text.empty()) continue;
    if (number > kTruthLinesMax) return fail(Code::kLimit, fmt::format("{}: more than {} lines", file.string(), kTruthLinesMax));
    element line;
    if (parser.parse(text).get(line) != simdjson::SUCCESS) {
      return fail(Code::kInvalid, fmt::format("{}, line {}: not JSON", file.string(), number));
    }
    auto truth = truth_of(line);
    if (!truth) return fail(Code::kInvalid, fmt::format("{}, line {}: {}", file.string(), number, truth.error().sentence));
    all.push_back(*std::move(truth));
  }
  return all;
}

std::optional<simulation::Fault> fault_of(simulation::Truth const& truth,
                                          std::function<std::optional<std::size_t>(std::string const&)> const& node) {
  constexpr std::string_view kPrefix = "fault_";
  if (!truth.kind.starts_with(kPrefix)) return std::nullopt;
  auto const word = std::string_view(truth.kind).substr(kPrefix.size());
  simulation::Fault fault;
  bool known = false;
  for (std::size_t k = 0; k < simulation::kFaultKinds; ++k) {
    if (simulation::name_of(static_cast<simulation::FaultKind>(k)) != word) continue;
    fault.kind = static_cast<simulation::FaultKind>(k);
    known = true;
  }
  auto const place = node(truth.serial);
  if (!known || !place) return std::nullopt;
  fault.node = *place;
  auto const quantities = sensing::city_node_quantities();
  auto const channel = std::ranges::find(quantities, std::string_view(truth.channel), &sensing::QuantityInfo::channel);
  if (!truth.channel.empty() && channel == quantities.end()) return std::nullopt;
  fault.channel = truth.channel.empty() ? -1 : static_cast<int>(channel - quantities.begin());
  fault.when = truth.when;
  fault.size = truth.size;
  fault.share = truth.share;
  fault.about = truth.about;
  return fault;
}

}  // namespace madang::evaluation
