namespace RespKv.Fuzz.Wal;

/// <summary>Records whose every byte follows from their LSN and their length: whoever sees one knows whether it is the one that was written.</summary>
internal static class KnownRecords
{
    public static void Fill(Span<byte> record, long lsn)
    {
        for (int i = 0; i < record.Length; i++)
        {
            record[i] = At(lsn, record.Length, i);
        }
    }

    public static bool Is(ReadOnlySpan<byte> record, long lsn)
    {
        for (int i = 0; i < record.Length; i++)
        {
            if (record[i] != At(lsn, record.Length, i))
            {
                return false;
            }
        }

        return true;
    }

    private static byte At(long lsn, int length, int index) => (byte)((lsn * 167) + (length * 31) + (index * 7) + (index >> 8));
}
