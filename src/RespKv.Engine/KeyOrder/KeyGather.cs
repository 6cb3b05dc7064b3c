namespace RespKv.Engine.KeyOrder;

/// <summary>
/// One walk that is done in the background for a command. The command makes it and reads the result; in between it belongs to
/// <see cref="KeyOrderService"/>.
/// </summary>
internal sealed class KeyGather
{
    public required KeyRange Range { get; init; }

    public required int Database { get; init; }

    /// <summary>All keys that were there after this record are found, unless they have been deleted since.</summary>
    public required long Lsn { get; init; }

    /// <summary>When that was: what had expired then is not looked at.</summary>
    public required long NowMillis { get; init; }

    /// <summary>Keys that are wanted.</summary>
    public required int KeysMax { get; init; }

    /// <summary>Null when there is an <see cref="Error"/>, or the engine stopped or reloaded meanwhile.</summary>
    public KeyWalkResult? Result { get; set; }

    /// <summary>What to reply instead.</summary>
    public string? Error { get; set; }
}
