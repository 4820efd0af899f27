#include "storage/journal/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "storage/journal/commitment.h"
#include "storage/journal/limits.h"
#include "storage/journal/tables.h"

namespace madang::storage::journal {
namespace {

std::unexpected<Error> fault(std::string sentence) { return fail(Code::kCorrupt, "journal: " + std::move(sentence)); }

/// Walks the journal from its beginning, page by page; only the right edge of the tree is in memory.
class Walk {
 public:
  Walk(VerifyOptions const& options, Report& report) : options_(options), report_(report) {}

  /// What is there at the beginning; entries that come later are not looked at.
  Result<void> start(soci::session& sql) {
    MADANG_TRY(auto const state, read_state(sql));
    report_.origin = state.origin;
    report_.entries = state.size;
    MADANG_TRY(auto const signers, select(sql, kSigners, {"ORDER BY id"}));
    for (auto const& [given_id, text] : signers) {
      auto verifier = parse_verifier(text);
      if (!verifier) return fault("a signer's " + verifier.error().sentence);
      report_.signers.push_back(text);
      auto const id = verifier->id();
      signers_.emplace(id, *std::move(verifier));
    }
    if (options_.trusted && options_.trusted->origin != report_.origin) {
      return fault(fmt::format("the key is for {}, these records hold {}", options_.trusted->origin, report_.origin));
    }
    if (options_.remembered.empty()) return {};
    MADANG_TRY(remembered_, read_checkpoint(options_.remembered));
    return {};
  }

  Result<void> page(soci::session& sql, Positions which) {
    MADANG_TRY(auto const entries, read_entries(sql, which));
    MADANG_TRY(auto const nodes, read_nodes(sql, {first_node_of(which.from), first_node_of(which.to)}));
    MADANG_TRY(auto const heads, read_heads(sql, which));
    std::size_t next_node = 0;
    std::size_t next_head = 0;
    for (auto at = which.from; at < which.to; ++at) {
      auto const place = static_cast<std::size_t>(at - which.from);
      if (place >= entries.size() || entries[place].position != at) return fault(fmt::format("entry {} is missing", at));
      MADANG_CHECK(add(entries[place], nodes, next_node));
      for (; next_head < heads.size() && heads[next_head].size == tree_.size(); ++next_head) MADANG_CHECK(check(heads[next_head]));
      if (remembered_ && remembered_->size == tree_.size()) MADANG_CHECK(check_remembered());
    }
    if (next_node < nodes.size()) return fault(fmt::format("node {} belongs to no entry", nodes[next_node].id));
    return {};
  }

  Result<void> finish(soci::session& sql) {
    report_.root = text_of(tree_.root());
    if (remembered_ && remembered_->size > tree_.size()) {
      return fault(fmt::format("cut short: {} entries were signed, {} are left", remembered_->size, tree_.size()));
    }
    MADANG_CHECK(nothing_behind(sql));
    if (options_.trusted && report_.heads > 0 && report_.signed_entries == 0) {
      return fault("no head is signed with the key " + options_.trusted->id());
    }
    return {};
  }

 private:
  Result<void> add(Entry const& entry, std::vector<StoredNode> const& nodes, std::size_t& next_node) {
    std::optional<Error> wrong;
    tree_.add(hash_of_leaf(entry.leaf), [&](int level, Hash const& hash) {
      auto const stored = next_node < nodes.size() ? &nodes[next_node++] : nullptr;
      if (wrong || (stored && stored->id == first_node_of(entry.position) + level && stored->hash == text_of(hash))) return;
      auto const first = (entry.position >> level) << level;
      auto const what = level == 0 ? fmt::format("entry {}", entry.position)
                                   : fmt::format("the node over the entries {} to {}", first, entry.position);
      wrong = fault(what + (stored ? " is not what was written" : " has lost its hash")).error();
    });
    if (wrong) return fail(*std::move(wrong));
    if (auto const opened = check_openings(entry.leaf, entry.position, entry.openings); !opened) return fault(opened.error().sentence);
    auto const commitments = static_cast<std::int64_t>(commitment_count(entry.leaf));
    report_.commitments += commitments;
    report_.erased += commitments - static_cast<std::int64_t>(entry.openings.size());
    return {};
  }

  Result<void> check(StoredHead const& head) {
    auto const signer = signers_.find(head.signer);
    if (signer == signers_.end()) return fault(fmt::format("the head of {} entries: its signer {} is unknown", head.size, head.signer));
    auto const checkpoint = open_checkpoint(head.note, signer->second);
    if (!checkpoint) return fault(fmt::format("the head of {} entries: {}", head.size, checkpoint.error().sentence));
    if (checkpoint->origin != report_.origin) return fault(fmt::format("the head of {} entries is of another journal", head.size));
    MADANG_CHECK(check_root(*checkpoint, head.size, "the head"));
    ++report_.heads;
    if (!options_.trusted || options_.trusted->key == signer->second.key) report_.signed_entries = head.size;
    return {};
  }

  Result<void> check_remembered() {
    if (remembered_->origin != report_.origin) return fault("the remembered head is of the journal " + remembered_->origin);
    if (options_.trusted) MADANG_CHECK(open_checkpoint(options_.remembered, *options_.trusted));
    return check_root(*remembered_, remembered_->size, "the remembered head");
  }

  Result<void> check_root(Checkpoint const& checkpoint, std::int64_t size, std::string_view what) {
    if (checkpoint.size == size && checkpoint.root == tree_.root()) return {};
    return fault(fmt::format("{} of {} entries does not cover what stands here: the first {} entries were others when it was signed",
                             what, checkpoint.size, size));
  }

  /// The end was cut off, the counter set back, or rows were written around it. What is read first can only lie before what is
  /// read last, also while others write.
  static Result<void> nothing_behind(soci::session& sql) {
    MADANG_TRY(auto const head, newest_head(sql));
    MADANG_TRY(auto const entries, select(sql, kEntries, {"ORDER BY position DESC LIMIT 1"}));
    MADANG_TRY(auto const nodes, select(sql, kNodes, {"ORDER BY id DESC LIMIT 1"}));
    MADANG_TRY(auto const state, read_state(sql));
    auto const size = state.size;
    auto const last_entry = entries.empty() ? -1 : entries.front().position;
    auto const last_node = nodes.empty() ? -1 : nodes.front().id;
    if (head && head->size > size) return fault(fmt::format("cut short: a head covers {} entries, {} are left", head->size, size));
    if (last_entry >= size) return fault(fmt::format("entry {} stands behind the {} that are counted", last_entry, size));
    if (last_node >= first_node_of(size)) return fault(fmt::format("node {} stands behind the last entry, {}", last_node, size - 1));
    return {};
  }

  VerifyOptions const& options_;
  Report& report_;
  std::map<std::string, Verifier> signers_;
  std::optional<Checkpoint> remembered_;
  GrowingTree tree_;
};

}  // namespace

Result<Report> verify(Records& records, VerifyOptions const& options) {
  Report report;
  Walk walk(options, report);
  MADANG_CHECK(records.read([&](soci::session& sql) { return walk.start(sql); }));
  for (std::int64_t from = 0; from < report.entries; from += kPage) {
    Positions const which{from, std::min(from + kPage, report.entries)};
    MADANG_CHECK(records.read([&](soci::session& sql) -> Result<void> { return walk.page(sql, which); }));
  }
  MADANG_CHECK(records.read([&](soci::session& sql) { return walk.finish(sql); }));
  return report;
}

}  // namespace madang::storage::journal
