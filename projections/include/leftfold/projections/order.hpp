#pragma once

namespace leftfold::inline v0 {

/// In which order a projection gets its events. Said by the projection itself:
/// `static constexpr auto order = leftfold::order::per_partition;`
enum class order {
    /// The store's own: all partitions merged by recorded_at. A replay gives the same rows as the live run, whatever
    /// they are made of.
    log,
    /// One lane a partition, several of them at once: the events of one partition, and so of one stream and of one
    /// routing key, come in their order; those of different partitions beside each other, on several threads, each
    /// with an instance of its own.
    ///
    /// For projections whose rows belong to one partition each: a row does to that of its key's routing key, as a
    /// stream does (`alice` and `{alice}/2026-03` to the one of the stream `alice`). An event that reads or writes a
    /// row of another partition fails with errc::different_partitions. Then it matters to no row in which order the
    /// partitions come, and a replay in the order of the log gives the same rows, history included.
    ///
    /// Its `on` finds rows by key only, it has no sql_table, and it cannot park keys: errc::unsupported.
    per_partition,
};

}  // namespace leftfold::inline v0
