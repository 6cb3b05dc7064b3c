namespace RespKv.Engine.Commands;

/// <summary>What a command is allowed to do and where it may run. Names as in Redis's COMMAND INFO.</summary>
[Flags]
public enum CommandFlags
{
    None = 0,
    /// <summary>May emit mutations; handled by a <c>WriteContext</c> method.</summary>
    Write = 1 << 0,
    /// <summary>Reads keys; handled by a <c>ReadContext</c> method.</summary>
    ReadOnly = 1 << 1,
    /// <summary>May make the data grow: refused when there is no room.</summary>
    DenyOom = 1 << 2,
    Admin = 1 << 3,
    PubSub = 1 << 4,
    NoScript = 1 << 5,
    /// <summary>May suspend its client.</summary>
    Blocking = 1 << 6,
    /// <summary>Answered while recovery is running.</summary>
    Loading = 1 << 7,
    Stale = 1 << 8,
    SkipMonitor = 1 << 9,
    SkipSlowLog = 1 << 10,
    Fast = 1 << 11,
    /// <summary>Answered before authentication.</summary>
    NoAuth = 1 << 12,
    NoMulti = 1 << 13,
    NoAsyncLoading = 1 << 14,
    MayReplicate = 1 << 15,
    AllowBusy = 1 << 16,
    /// <summary>Derived: the key specifications say more than first key, last key and step can.</summary>
    MovableKeys = 1 << 17,
    /// <summary>Looks at the whole keyspace, so its reply carries AppendedLsn (D1).</summary>
    WholeKeyspace = 1 << 18,
    /// <summary>Arguments may be passwords: the slow log keeps the command's name only.</summary>
    HasSecrets = 1 << 19,
    /// <summary>Runs at once between MULTI and EXEC too, instead of being queued.</summary>
    NotQueued = 1 << 20,
    /// <summary>Its record may hold the value of the key that its first argument names: more than its arguments.</summary>
    CopiesValue = 1 << 21,
    /// <summary>Waits for something outside the turn, which a MULTI block cannot: refused there as with <see cref="NoMulti"/>, which Redis does not say of it.</summary>
    Waits = 1 << 22,
    /// <summary>
    /// Its record may hold as much as the values of all keys that its arguments name, together (SINTERSTORE, BITOP, PFMERGE): more than its
    /// arguments. It asks for that room before its first mutation (<see cref="Space.WriteGate.RequireRoom"/>); in a MULTI block
    /// <see cref="Space.BlockBound"/> has done so.
    /// </summary>
    StoresValues = 1 << 23,
    /// <summary>Its record may hold one element of the first key's value, which goes to the last key's (LMOVE). It asks for that room as with <see cref="StoresValues"/>.</summary>
    MovesElement = 1 << 24,
    /// <summary>A request without keys is right too (EVAL).</summary>
    NoMandatoryKeys = 1 << 25,
    /// <summary>
    /// Its record names each element that it removes, as many as an argument says (LPOP with a count): more than its arguments. It asks for that room
    /// as with <see cref="StoresValues"/>.
    /// </summary>
    RemovesElements = 1 << 26,
    /// <summary>Its record may name the key once for each argument (BITFIELD). It asks for that room before its first mutation.</summary>
    RepeatsKey = 1 << 27,
    /// <summary>Its record holds what an argument unpacks to, which may be more than the argument (RESTORE). It asks for that room before its first mutation.</summary>
    UnpacksArgument = 1 << 28,
}
