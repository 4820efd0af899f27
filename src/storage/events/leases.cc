#include "storage/events/leases.h"

#include <algorithm>
#include <random>

#include "runtime/log.h"
#include "storage/events/tables.h"
#include "storage/records/transactions.h"

namespace madang::storage::events {
namespace {

/// The holder believes in it for so much of its length; the rest is for what it began before, and for clocks that run unevenly.
constexpr int kBelievedOfFour = 3;
/// One question about leases waits no longer than this part of their length, so that one that hangs costs no other.
constexpr int kPatiencePart = 4;

std::string new_life(std::string const& directory) {
  std::random_device random;
  return directory + "/" + std::to_string(random()) + std::to_string(random());
}

}  // namespace

Result<void> confirm(soci::session& sql, Holding const& holding) {
  MADANG_TRY(auto const changed, execute(sql, "UPDATE lease SET renewed = renewed + 1 WHERE name = :name AND number = :number",
                                         {{"name", holding.name}, {"number", holding.number}}));
  if (changed == 1) return {};
  return fail(Code::kConflict, "lease \"" + holding.name + "\": another server holds it now");
}

Leases::Leases(Records& records, runtime::Clock const& clock, Options options)
    : records_(records), clock_(clock), options_(std::move(options)), holder_(new_life(options_.directory)) {}

void Leases::request(std::string name) {
  MADANG_ASSERT(!name.empty() && name.size() <= kLeaseNameMax);
  runtime::Lock const lock(mutex_);
  views_.try_emplace(std::move(name));
}

std::optional<Holding> Leases::held(std::string_view name) const {
  runtime::Lock const lock(mutex_);
  auto const found = views_.find(name);
  if (found == views_.end() || found->second.number == 0 || clock_.tick() >= found->second.held_until) return std::nullopt;
  return Holding{found->first, found->second.number};
}

std::vector<std::string> Leases::wanted() const {
  runtime::Lock const lock(mutex_);
  std::vector<std::string> names;
  for (auto const& [name, view] : views_) names.push_back(name);
  return names;
}

Result<void> Leases::transaction(std::string_view name, Records::Work const& work) {
  auto const holding = held(name);
  if (!holding) return fail(Code::kConflict, "lease \"" + std::string{name} + "\": this server does not hold it");
  return records_.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(work(sql));
    return confirm(sql, *holding);
  });
}

bool Leases::is_of_earlier_process(std::string_view holder) const {
  return !options_.directory.empty() && holder.starts_with(options_.directory + "/");
}

Result<std::vector<LeaseRow>> Leases::read_rows() {
  CallDeadline const brief(options_.length / kPatiencePart);
  std::vector<LeaseRow> rows;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(rows, select(sql, kLeases));
    return {};
  }));
  return rows;
}

bool Leases::may_be_taken_over(View& view, LeaseRow const& row, bool first_look, Tick read_at) const {
  // Nobody can own both lives of a data directory; only a copy of it can, and that is why later looks wait like everybody.
  if (row.holder.empty() || row.holder == holder_ || (first_look && is_of_earlier_process(row.holder))) return true;
  bool const unchanged = view.seen_number == row.number && view.seen_renewed == row.renewed && view.seen_holder == row.holder;
  if (!unchanged) {
    view.seen_holder = row.holder;
    view.seen_number = row.number;
    view.seen_renewed = row.renewed;
    view.seen_since = read_at;
    return false;
  }
  return read_at - view.seen_since >= std::max(row.length, options_.length);
}

Result<void> Leases::renew_all() {
  runtime::Lock const one_turn(tending_);
  MADANG_TRY(auto const rows, read_rows());
  auto const read_at = clock_.tick();
  std::vector<Renewal> renewals;
  std::vector<std::pair<std::string, LeaseRow const*>> free;
  {
    runtime::Lock const lock(mutex_);
    for (auto& [name, view] : views_) {
      auto const row = std::ranges::find(rows, name, &LeaseRow::name);
      bool const first_look = !std::exchange(view.looked, true);
      if (row == rows.end()) {
        free.emplace_back(name, nullptr);
      } else if (view.number != 0 && row->number == view.number) {
        renewals.push_back({name, view.number});
      } else {
        if (std::exchange(view.number, 0) != 0) runtime::log_warning("records", "lease_lost", {{"lease", name}});
        if (may_be_taken_over(view, *row, first_look, read_at)) free.emplace_back(name, &*row);
      }
    }
  }
  auto const renewed = renew(renewals);
  // Each alone, and none after one that somebody holds locked, so that no renewal comes late; the next turn begins with another.
  if (!free.empty()) std::ranges::rotate(free, free.begin() + static_cast<std::ptrdiff_t>(turns_++ % free.size()));
  for (auto const& [name, row] : free)
    if (auto const taken = take_over(name, row); !taken) return renewed ? taken : renewed;
  return renewed;
}

Result<void> Leases::renew(std::vector<Renewal> const& renewals) {
  if (renewals.empty()) return {};
  CallDeadline const brief(options_.length / kPatiencePart);
  auto const asked = clock_.tick();
  std::vector<Renewal> kept;
  MADANG_CHECK(records_.transaction([&](soci::session& sql) -> Result<void> {
    kept.clear();
    for (auto const& each : renewals) {
      MADANG_TRY(auto const changed,
                 execute(sql, "UPDATE lease SET renewed = renewed + 1, until_at = :until WHERE name = :name AND number = :number",
                         {{"until", clock_.now() + options_.length}, {"name", each.name}, {"number", each.number}}));
      if (changed == 1) kept.push_back(each);
    }
    return {};
  }));
  for (auto const& each : kept) mark_held(each.name, each.number, asked);
  return {};
}

Result<void> Leases::take_over(std::string const& name, LeaseRow const* row) {
  CallDeadline const brief(options_.length / kPatiencePart);
  auto const asked = clock_.tick();
  auto const until = clock_.now() + options_.length;
  std::int64_t const number = row == nullptr ? 1 : row->number + 1;
  std::int64_t changed = 0;
  MADANG_CHECK(records_.transaction([&](soci::session& sql) -> Result<void> {
    if (row == nullptr) {
      MADANG_TRY(changed, execute(sql, "INSERT INTO lease (name, holder, number, renewed, length, until_at)"
                                       " VALUES (:name, :holder, :number, 0, :length, :until) ON CONFLICT (name) DO NOTHING",
                                  {{"name", name}, {"holder", holder_}, {"number", number}, {"length", options_.length}, {"until", until}}));
      return {};
    }
    MADANG_TRY(changed, execute(sql, "UPDATE lease SET holder = :holder, number = :number, renewed = 0, length = :length, until_at = :until"
                                     " WHERE name = :name AND number = :seen AND renewed = :renewed",
                                {{"holder", holder_}, {"number", number}, {"length", options_.length}, {"until", until},
                                 {"name", name}, {"seen", row->number}, {"renewed", row->renewed}}));
    return {};
  }));
  if (changed != 1) return {};  // somebody was quicker, or the holder lives
  runtime::log_info("records", "lease_taken", {{"lease", name}, {"number", number}, {"from", row == nullptr ? "" : row->holder}});
  mark_held(name, number, asked);
  return {};
}

void Leases::mark_held(std::string const& name, std::int64_t number, Tick asked) {
  runtime::Lock const lock(mutex_);
  auto& view = views_.at(name);
  view.number = number;
  view.held_until = asked + options_.length * kBelievedOfFour / 4;
}

Result<void> Leases::release() {
  runtime::Lock const one_turn(tending_);
  std::vector<Renewal> all;
  {
    runtime::Lock const lock(mutex_);
    for (auto& [name, view] : views_)
      if (view.number != 0) all.push_back({name, std::exchange(view.number, 0)});
  }
  if (all.empty()) return {};
  CallDeadline const brief(options_.length / kPatiencePart);
  return records_.transaction([&](soci::session& sql) -> Result<void> {
    for (auto const& each : all)
      MADANG_CHECK(execute(sql, "UPDATE lease SET holder = '', renewed = renewed + 1 WHERE name = :name AND number = :number",
                           {{"name", each.name}, {"number", each.number}}));
    return {};
  });
}

}  // namespace madang::storage::events
