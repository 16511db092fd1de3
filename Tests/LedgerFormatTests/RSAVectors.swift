/// Made with OpenSSL (`openssl dgst -sign -sigopt rsa_padding_mode:pss …`) over "chancery test message" ‖ LF by
/// one 4,096-bit key; its private half is gone.
enum RSAVectors {
    static let spki = """
        MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAkFlOKKkaQzr086tBhCuQVW9Km6BlPCMl\
        GOiG9i0QpJ4IBkZwTC3824JqPFeqbTPr14NgFeI0idqvejnJgrPkpuzS//tglB8NcDQ7aDFB1L8u\
        HYdWqZ5icrL9SH0DsjXdfJ5p9ns3QxOnKMTJWDZf5FsIj385NWg/uXxM2ovGIt6tn8dRK/t1rbyg\
        /stqvy5uOPQnfzljgaQO+46b7ok/fJuVOH4B0x0b7BpeBjMmREAQDYiVJRlfx8hw0CyQsfBUM93N\
        3PZfLHsdJi6zeyxWcLxtPxLgZ5BIeJHi7o3+NYgNIk6/O1VgIh6U3v8lfwzA38knrD4EvqYbygiT\
        ULv651NB6bcrX+IVNEevVd8iUi/nuZAqC1IRrAEy3Xs42SWLyJErTM3jlxbZsFJgdPCZ+dnqQDlu\
        jByMIRGXqraG4a+kJZepwxT/0NyiaxlHqY1EIg7ADmLzRD+0KN+TbUYB+3vAv/FplzYQFf9yepXa\
        L+WDCQH8PZATjy8nhzSG2ySxnt7cbA2GHqIRfzvAvNBZ1ReIlYQaGxGMoT1vDTtEk9GiuwlAAvIq\
        EyITiLkqpn3DbB1J5GiVyxtmg8wQbQg17MdxuwoWj4EmDDLLd+Zj2ukQSXELcHoocjT4eEMN9sB6\
        5ti3b6NhXTM6dXAWFjFmB7cXU/i4Pf8qhthCFs64N6sCAwEAAQ==
        """

    /// SHA-256, MGF1 with SHA-256, 32-byte salt.
    static let accepted = """
        Klbdm6A2TvsFRFq1AP2vnZIQth+U34gtSxuzEC64UHCQyykqcJ2s/W18Dm22y9Ah7FFU2pOCXSx9\
        rF45NhXUu7A6kmZjEsVcVL68c44C/VRjJ0SVVLfSgAcPHjlRPkMmt/4izRsZz557bmRJIStPEIOs\
        cvLfhSlxz5sJ4Z+/BaUOtCjMAGnaDVMWg2OpNgZ1fR4IHhCX5wsEQgxVBe5WZ2GKVr6fSEnhhKKh\
        bEU9aXSjy1rnOWyAw/Yh1ZKBw6IvYVGU4ydCOAjKymaKVLqUI7Zm3o5T+H3N2y8vpxH/Wzc8ZYxV\
        expurZHeNw+q2dkJIF3f0tS8RkUyUKVcM43ahjw/U7ETL/tixo9JKf4j2UxnK4wLMeZu1+hEYLkO\
        RteMKacKuWDMI9dKtLj734R1MMxeovPG1EPRAYjgtm4f5hFY8CabfGeB0E9N4/mqmm06lYi/nlfm\
        M0vJLhKRjRueg8xKzLKIIEyVLlM0HgxhLCrLecl9g7wtldSMwU9Uc2mt1mdILQtE/HOCLcVcci0v\
        B5rdiWHFDFdJKmV/L625bWZwcr1mQzqaprq3TwnOh7RvRrzJyH6675QSCVenVZDq2p/orWBROlwD\
        IHgNJa1Y4Qcpj6FIYRd/KOrtFkj8wSC0crOZOuWaFj3YltSwuk5tSLPTO3ZU7P2RvmTca1KNghA=
        """

    /// The same, with what the name says changed.
    static let refused = [
        "salt of 0 bytes": """
        acXUV+0eCq0N60FiFrUHF1O4unHqXkY14ODZFmtH1DzkMDGR2aQgSqCLrEV8DCfiXKN6eXtBkPSt\
        IWWlMj3xz/wQJftYIP5RiRzvaUZ5ZY6XcPvijv/Fj7i2G/NTr/CkdGZtRCcXaUcP2RQ25AfLRMO9\
        W4ut3t/Bn62StCwVIUje7IUyVx/2W5xIr3jTJxdNNqDa1cis+DtebqGP9LUkRA8CqoGNa1x1+fiR\
        ryhpDvPJ5VDSWN1574qYr7CXABGdwQQHLpsVOWPqTcJjYaVypJe0r1/SdiKvbH2wBFPrcYiefnHe\
        QFecUBV7HHNZktRwiCC3tcYtc34XyCLd12rflYzUVB3feVIrYZyRXadcQHxku+tPGT7EaeHZqdoF\
        gJfQi0d2UXe7wTFCzFKK0dOxWtR4jY2A4wia6jXj3XXnrsT1lbX19tLTDt7X5swVckHsT/nbuwLX\
        C/IU6FSxIzd90+1RYy3dRe9j26XQT5pbYki/6GlDRvtPeFcmUryj/nH6fTxlUvZPj9AZqF0W+WC4\
        uCHGrNLJztJSEiZ0UTYl0Ihh9hS14gMwnOjveL8kbuqvZgBPcvgOC6BQbNRrguWEJEssHp7wqBHV\
        6zdbquwamB41k49QbkdxA10ogFNO44T+US7dDcALyEoAh5gEHegSiHDPeTAY61xE5I+i/a+lq8E=
        """,
        "salt of 20 bytes": """
        H9XYVAgy72dJUTG+1JT3/QdJndszxAxIKanZ0tmSLhhgA5oIfWVuTYFL2qjc+tlM2E2pKegp7xLn\
        QXm7GwEv6gHcG4Sy7fqGAqnUlSCT/Czeo2MXfiopzcjSpnxaPO/yC5XZ8GDpYLplwonecpBXO3CZ\
        PGUixXOiUkkEsFuQo4z274mvD4IiRo9UgtD9pn+Q2x4vTARZcNNKEfBy2h7tvHrfKkJAucOlxoMD\
        x2RG9PCRtWAoCeTayEWzVNrIYzRlI5jI8d3IZb1+P/2P84e/45h5/5EB9aE0Xk6wL7rKfcfaAO9y\
        H1P82JlA1kGMsz8G1sRPH7c5RLy7nAmcrOVzPL2/spT8CUAbDLif6lqpkAmV1lXnCl3OfLXWdv3Z\
        Q1NPA12mQbVGs9g3XNKB9xDDMiIfkXMwjPibzu1OoezwFi7HFCPj8x6ilhrpm9sZfuPtMXLEzpbo\
        1rR9hTMfIc/tn9YpyhEu+DOTwbBwKCZutfNoX3XbNpSFX+d/4Pg7NC0zyC3qNg5AFxtkAlP1ps9/\
        weCsIxRjIVfKssj1D2i3J8H2xofmmnD62R5SGVcQwN/CNCscWabiyKekJn7d0rY04jht3J2YpvJ9\
        2LXRUzxLssGEZyUhquuTtXngHxJSppGNumLnG70wC0+OBnJ5n/+WNvbWl5fVv1BwFhd8Jl38I5Y=
        """,
        "longest salt": """
        Azxa53gDh9FC/YLvwtbcGyiESqwlZusXfldXGm5n+sif15kuBg8H8fLoC/fcB0XWMMKhA8kHSuIn\
        zXK7Z5WAhaSOS8KZCciCeY/ZSBZGuUkTRxWNqCMT3jKs+as4aj8nJ0qG5INcNJfiaaIEsz1u3KQe\
        jlKKkS5e+uMzB8zIACA6DyihFcpsHU7Q3ilggYDY77RZL3e3B8rmE51t4F5/jD9kNLUlyZJyclPu\
        UFlGiFHLUhIcp9r1+Qg7Xnz4VSSROqGFpmSH8L+CASl5Z/XtOecvaqc3YUzefVIpzZDf/B6I7rm2\
        02p124VWYtFK6hhMxqyXtuNmsvPiCGjt0gz7gqPbMS5QrfCtbNefrsALGHTqZ2SPs6BfCxjXRFbA\
        d5Q5efWnIncR9prpucSybETtjLYksky8ToD6bfHz/mPhKJhhCcCv5iMzeHeUWRxobO3tmZy2xZSv\
        tlxgHr1aEkh08tUUlhzhnHcTWf72jR5kaQHUxXFXbq6M26oGkCamtdP1K+Ax0SlQNIlo21A8m/4P\
        aLIeA8F0HZBIHE2Btq5gq8D05ZGISdUl7Uo7y9AyV9y14J2+GQUagcnX8tvw4JuYdL1KFH2qRhCK\
        8+Y4Xx2/ztgVcLNesxbAbFnvHHk+5I8VpMfaVT5p0O/FDcDeDrLTvvZJzidWPLL2ssoDxFE4E28=
        """,
        "SHA-512": """
        habdxKtMsz7mdndXWYGHw/MR78FFcf4Q59kfVRFOZxZECsqmqv+3jYrWN4RcMYljyuMkCrbPDhws\
        IzKrxdTAgZ/6I38qHJCNDMJfpCaHqL9Db/4C0k/ZcbpkNyH55NEe2VRKEMFf2kWRUzVekJsW37Yu\
        F1jEOHTrMU/puNN82QXLb+3F4pq/0yDgnVjQwPloyR4aNvZUZkA1zmSOpz9tTluB4Lw+jCP3gyiq\
        /DEHniicy3HcF2Bk0PtwUowNRyIcSdNCNeRUgGw7IMoITWMZhKC1v9/HNSW42zXx8BU1xmz8WQn1\
        LnegK6iyv4xdpkqrOfc603p3+Qg2RG8ozufnzP8dBIG7YimyQY+nL+znKffV3QNWRcAyts5y6c0i\
        jx9mAP3Ipq0t8S8FTLiOd2UNTH/mL3ZE+WEKXhMERyanbNF/vZ/XZomm++rvvDURdl49KYKv2mTz\
        2E53Sl++49T8pgOVYV1ZJ0rDfWQagTzriaKabkWaskvAcPAvnOFfsJJ/mulPCbSoqE0Hoe7GlJBJ\
        xjC62npEonKhMakp/GDbR7Qz8SEt40XhbNPUUv3rCyFf6xa4ZQ/yxC5Ntvt5nHxdPmnKgqaat50Q\
        ZxApTbbmO/nvCeuUi6nc4qzx9bSxrboh07ofWjSk1gmqLk2bwmgBGBhEfmZkwRcnEMCuxpjPJsU=
        """,
        "MGF1 with SHA-1": """
        DK/KUXMHOLaQBARKMr4U7WZuIldpOpf2ktHPRIoOCDNIp09GQ4RdZaXxvX0s6btKGgyrgmdp4Lmy\
        vkCyjm2fjshmnyjF1R55Y5HgMLUorkrrgJ5Buao3F2Bl/UeC3WMsP2P/Mocpl7RodpQc2gkRjWHT\
        2XMVPfP8nYhfNyFsds0Sm+cKvqz/ftnqfsFEfjBdVV72CYs/ySwOCtTYBwfHEd7Z5ph2tqcQG/mk\
        v0ZFmorcgd0/Dm7HE/z4LtxM9Kg3tTVdmts/UXAaFyTeZRcRGlox6fjCYjr5t1hAcCU9eOrnd+HP\
        /HML4E9m9CaYd5cnMqBZoDfkKfwGqUdJ+PSuIrQ8J36IMHQKaOwMRdgqGOZ3/+tUFT/j3PIRurkD\
        c5J5tXC+ssVcdy7mQa2FnkstGOkRKHcLF/x4d2uv6fgWYHIic5bXKKtSgLzXdkITSJigOqiJgY6M\
        qllTGgUL755qtkS60fSLVv0Z5voJVaLb/4aNfzDYcdJvXWfUgRoT3zM8HDXQIRECPfVXSrgCJJAk\
        ZMEqey2Pv7qZijEctw/r1uxEaZTECBBBiSmi4Uh29cPdBBqL4B3ck/+rR/m2ftlvg+xWNf0NbVlh\
        3ULn3s2mqkRDXut9XqhIosjQ560IpMmDIzDGEru+Ur9Dqw1FrNJrB+SMzGu6dr+HvLk0ytQdKqg=
        """,
        "PKCS #1 v1.5": """
        RKnJIqyrr2FyZMIx7/8R0F1c2KtT8cxrqtOkJSBcteE5AquRwfbnYr/Hfabsrqve7/b8TcsnoL4X\
        L6opycmeHVpvx+3ahVVGjudCLB2LapilamQOeQ7TX7/idH4kq93XpsCIb78A1oaz6mVokNrNgSBo\
        xBHntb9obNJ4fa+uzp7xPR+rtUNK0jv09V1cAl4UFXCdKRfDI4hYqvw1FTTVtbX3kzCtQQ64EAUl\
        kOh+RtdUZfzElrYF5uvspQyzzlBAk6JoUsGjxN4tbxfDJtC4u/FEABrCI0WUZa0QwiibtEFoXFOu\
        vKBMymnAmCUoXMGiuKAsDbRbwPjFgc6yLH6+YY9xak9jhrEg2zU89/3cDVbafTzuH7t5ILhoy6W3\
        oY+a18ACcm2EEZFRwHwsg0MOlR2iYTLp2VbVLdOVAqkOeek795fuV68iahn3OZvqZsep0Z2I6MwX\
        vU2sHrurRHTEsEjaRVxGCr2OVogRjzsYQ1SEvsLKNlHAgt/CLdRWBaclTWecQfdJTCc+IHmr1Vr6\
        ELAJbbIZJg0zxwreksA9KOmExkOPpZge6hw+w2JoitXOSiaDFcTvVFGcbZWzrnYKMkKH6r8aXFAj\
        Mr4ZrHF92wsdTBEZW2DD2GFxHxzvDjxEV/Rzd9PDW2sTontsAUc32H/wQlIJsemJIg4dwFywRCw=
        """,
    ]

    /// A 4,096-bit key of type id-RSASSA-PSS instead of rsaEncryption.
    static let pssTypedSPKI = """
        MIICIDALBgkqhkiG9w0BAQoDggIPADCCAgoCggIBAMyd8QQACo94/sdFym/wFG9m/a8gSlvyvyGo\
        Csax861q6yi/0WBad1gR+0QUM82oZ1Q7B5xSzkCnc0XPeeDJ6VHnl5FBkaKp/5gahkPj26rpdaBx\
        /FtRS1iFObuIBCr135A87EBcTYTQSWcg1mpuBZpj5e7dIxgxi0EFEIvAodNaBtphl3TWoYiaWrJI\
        4Bl1qnUFzWLpDU64h96HfC5xXLvzb0mExUTrzz2H3A4V3HmE4MA3B9ecoDyGuIoLWKhQYs25jRO0\
        /Q8VF1qNOIcy03LRDVPiG+X/bI/cxqbIm7T5uLOL+a4ojw0JKQYijFfyChwdL6YOrzFGdpJ1AkHq\
        0yLf61fPy/fHdWijn9kuH9lBp8Rkar9/6+c/lCVdNYsifrX+bGFAnf9WbW6pREm+PWg8G7retJyi\
        SAHF2ACKWPkd/1t7Jd+wVocOt6M7vcGBS+TyFp63hiOwZt2HBJpmgAQBlLUKZQzScDlcSClbPmYQ\
        a7cJkJ9XQCFqoO1qtTe711PX66qchxif6kdCEdP+gNLSXhJsQ5G8PxMD9vNinutwo1WmGgqVunTN\
        Q+PkONfsTdNACX0SVXZQQ56bqt2IGRnChywY2QOOtrH6Wri8dexRvz9oyg1bhfM8Z81gKLkB4vF7\
        VAQ+/5yqHpYKBuDIWgeThuvVtBwfhFEZIJWLerwRAgMBAAE=
        """
}
