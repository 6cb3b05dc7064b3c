using RespKv.Fuzz.Running;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>Compares records with those that the reference found, as they come.</summary>
internal sealed class ReplayCheck : IWalReplay
{
    private IReadOnlyList<WalRecordPlace> _expected = [];
    private bool _isExpected;
    private long _firstAdded;
    private long _lastAdded;

    public int Records { get; private set; }

    /// <summary>Only counts: nothing is expected of a log that is refused.</summary>
    public void ExpectAnything()
    {
        Records = 0;
        _isExpected = false;
    }

    /// <param name="records">What has to come.</param>
    /// <param name="firstAdded">Then these, see <see cref="KnownRecords"/>; none when it is above the last.</param>
    /// <param name="lastAdded">The last of them.</param>
    public void Expect(IReadOnlyList<WalRecordPlace> records, long firstAdded = 1, long lastAdded = 0)
    {
        Records = 0;
        _isExpected = true;
        _expected = records;
        _firstAdded = firstAdded;
        _lastAdded = lastAdded;
    }

    public void Apply(long lsn, ReadOnlySpan<byte> record)
    {
        int index = Records++;
        if (!_isExpected)
        {
            return;
        }

        bool isRight = index < _expected.Count
            ? _expected[index].Lsn == lsn && _expected[index].Content.SequenceEqual(record)
            : _firstAdded + (index - _expected.Count) == lsn && lsn <= _lastAdded && KnownRecords.Is(record, lsn);
        if (!isRight)
        {
            throw new FindingException($"record {index} of LSN {lsn}, {record.Length} bytes, is not the one that was written, of {_expected.Count}");
        }
    }

    public void Progress(in WalReplayProgress progress)
    {
    }

    public void ThrowUnlessComplete(string when)
    {
        long expected = _expected.Count + Math.Max(0, _lastAdded - _firstAdded + 1);
        if (Records != expected)
        {
            throw new FindingException($"{when}: {Records} records, {expected} were written");
        }
    }
}
