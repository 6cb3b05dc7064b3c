namespace RespKv.Http.Api.Keys;

/// <summary>One key that is to be written or deleted.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">Null: the key is deleted.</param>
/// <param name="Conditions">What has to be there.</param>
internal sealed record KeyWrite(ReadOnlyMemory<byte> Key, NewValue? Value, Conditions Conditions)
{
    /// <summary>Largest time to live in milliseconds: what every JSON number can hold.</summary>
    public const long TtlMillisMax = (1L << 53) - 1;

    /// <summary>Null: it stays for ever, or <see cref="KeepsTtl"/>.</summary>
    public long? TtlMillis { get; init; }

    public bool KeepsTtl { get; init; }

    /// <summary>In a batch.</summary>
    public int? Index { get; init; }

    /// <summary>The time to live of the value that is replaced has to be carried over: only SET can do that by itself.</summary>
    public bool CarriesTtl => KeepsTtl && Value is { IsString: false };

    /// <summary>What is there has to be looked at first, and must not change until this is written.</summary>
    public bool NeedsWatch => !Conditions.IsEmpty || CarriesTtl;

    /// <summary>Whether a SET by itself can do it.</summary>
    public bool IsPlainSet => Value is { IsString: true } && !Conditions.NeedsVersion;

    /// <summary>SET with everything that was asked for.</summary>
    public ReadOnlyMemory<byte>[] Set(bool withConditions)
    {
        List<ReadOnlyMemory<byte>> command = [Command.Word("SET"u8), Key, Value!.Bytes];
        if (TtlMillis is { } millis)
        {
            command.Add(Command.Word("PX"u8));
            command.Add(Command.Number(millis));
        }
        else if (KeepsTtl)
        {
            command.Add(Command.Word("KEEPTTL"u8));
        }

        if (withConditions && Conditions.MustExist)
        {
            command.Add(Command.Word("XX"u8));
        }
        else if (withConditions && Conditions.MustNotExist)
        {
            command.Add(Command.Word("NX"u8));
        }

        return [.. command];
    }
}
