namespace RespKv.Storage.Wal;

/// <summary>What became of a request for room for a large batch (D11).</summary>
public enum WalLargeClaim
{
    /// <summary>The room is there.</summary>
    Ready,

    /// <summary>In the making; <see cref="WalLog.ClaimChanged"/> tells when to ask again.</summary>
    Pending,

    /// <summary>There is no room; see <see cref="WalLog.LargeClaimError"/>. Not tried again before <see cref="WalLog.RetryClaim"/> or a retirement.</summary>
    Failed,
}
