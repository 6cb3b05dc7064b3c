namespace RespKv.Engine.Space;

/// <summary>What the log's claims allow (D11). The order is that of severity.</summary>
internal enum DiskSpaceState
{
    /// <summary>The next segment is there or in the making: every write is accepted.</summary>
    Ok,

    /// <summary>The next segment cannot be claimed. What is claimed still takes every write.</summary>
    Low,

    /// <summary>Writes that may make the data grow are refused; deletions are accepted from the reserve.</summary>
    Full,

    /// <summary>The reserve is used up too: every write is refused. Reads are served.</summary>
    ReserveUsed,
}
